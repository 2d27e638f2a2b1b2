"""How findings are shown: on a terminal, as JSON, as a page."""

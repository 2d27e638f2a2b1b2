"""Quarto runs this before it renders: derive when needed, and report every finding with its file and line."""

import sys

try:
    from tieout.cli import main
except ModuleNotFoundError:
    sys.exit(
        f"Tieout is not installed for {sys.executable}: "
        "activate the study's environment, or set QUARTO_PYTHON to its Python"
    )

main(["pre-render"])

"""Finding the numbers of a text that cannot all be true, from the text alone."""

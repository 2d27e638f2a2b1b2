"""Reading texts back, and the grammar of the numbers in them."""

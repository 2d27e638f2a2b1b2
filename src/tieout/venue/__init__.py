"""The rules of meetings and journals, as data, and counting by them."""

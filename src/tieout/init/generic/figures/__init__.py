"""This study's figures: one module a figure, store in, figure out."""

"""This study's tables: one module a table, store in, table out."""

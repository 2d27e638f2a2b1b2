"""A document in the browser while it is written: built anew at each save, beside what stands behind it."""

"""One file a rule; `ALL` in `catalogue` lists them in the order in which they are asked."""

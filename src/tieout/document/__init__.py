"""From a .qmd to its outputs: read, run, bind, render."""

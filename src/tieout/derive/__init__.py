"""Statistics of cohorts: pure functions, tables in, results out."""

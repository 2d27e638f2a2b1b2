"""Results, how they print, and the store that keeps them. The only room that both branches share."""

"""The package for a journal: manuscript blinded and in full, floats apart, supplement, checklist, archive."""

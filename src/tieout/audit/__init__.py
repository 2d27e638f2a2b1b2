"""Finding what is loose, false, inconsistent or disclosive."""

"""REDCap: exports with their data dictionary, turned into the tables that they are."""

"""This study: mCRPC after LuPSMA. What it derives, from which rows, by which definitions."""

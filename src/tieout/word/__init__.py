"""Ties in Word files: written, refreshed, read back."""

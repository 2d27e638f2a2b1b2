"""A new study: the manifest of what is copied, the generic study, and a registry proposed from an export."""

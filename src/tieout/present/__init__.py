"""One table model for every output, and the figures of the field."""

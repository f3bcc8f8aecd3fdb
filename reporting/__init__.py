"""The way out: documents built from what analytics found."""

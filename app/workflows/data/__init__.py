"""Data in bulk, all of it out, and one person's data."""

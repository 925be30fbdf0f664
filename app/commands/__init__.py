"""Doors: the threegate command line."""

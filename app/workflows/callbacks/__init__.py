"""Work that is due, verb by verb; run by the scheduler."""

"""A caller's leg, verb by verb."""

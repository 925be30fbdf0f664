"""Who is there to be rung."""

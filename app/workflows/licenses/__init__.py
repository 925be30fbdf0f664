"""What happens to the roster and to the states that are open."""

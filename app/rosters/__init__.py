"""Pure readers of roster files: bytes in, values or row errors out."""

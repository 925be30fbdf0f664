"""Others are told what happened: who, of what, how often, and what became of it."""

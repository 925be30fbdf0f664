"""Where others want to be told what happened, and what they were told."""

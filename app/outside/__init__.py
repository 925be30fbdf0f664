"""The other parties: notices, hooks, feeds and documents."""

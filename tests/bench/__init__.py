"""What scripts/bench measures with; never part of a test run."""

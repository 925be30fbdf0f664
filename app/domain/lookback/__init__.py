"""The look back: what an old call log, read beside a roster, says of authority, lost leads and calling hours."""

"""Verbs: one file, one verb. They speak neither HTTP nor SQL nor TwiML."""

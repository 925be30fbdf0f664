"""The language spoken with the carrier; knows nothing of app."""

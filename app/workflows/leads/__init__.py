"""Leads and their messages, verb by verb."""

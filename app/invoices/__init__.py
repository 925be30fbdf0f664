"""Vendors' invoices, read: pure, and all of a file or nothing of it."""

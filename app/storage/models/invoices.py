"""Vendors' invoices, and what our own record says of their lines."""

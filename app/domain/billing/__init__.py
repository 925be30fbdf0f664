"""What a vendor bills for our calls, held against our own record. Money is in cents, never in floats."""

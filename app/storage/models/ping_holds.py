"""Producers whom a ping was promised, for some seconds; limits of vendors."""

"""Calls by producers that somebody asks for, and what stands against them."""

"""Restore tests: one file per kind, and the sandbox they run in."""

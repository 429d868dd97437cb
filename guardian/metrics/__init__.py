"""Snapshot to metric families, and their exposition."""

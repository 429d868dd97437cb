"""The spool, and the ways from it to central."""

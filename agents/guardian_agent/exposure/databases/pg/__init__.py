"""PostgreSQL: asking a server, reading its configuration, and what both tell."""

"""MariaDB: asking a server, reading its option files, and what both tell."""

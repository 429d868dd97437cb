"""A throw-away PostgreSQL server, and how backups are brought to life in it."""

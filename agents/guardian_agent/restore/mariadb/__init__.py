"""MariaDB and MySQL: a throw-away server, its client, and what they say went wrong."""

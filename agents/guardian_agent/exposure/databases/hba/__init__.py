"""PostgreSQL's list of who is let in how: its lines, and what they let through."""

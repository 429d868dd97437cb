"""What the agent does when it is called: one pass, and the restore tests that are due."""

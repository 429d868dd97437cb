"""What `guardian-agent doctor` looks at."""

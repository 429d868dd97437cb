"""One file per command; see `guardian.cli` for what a command is."""

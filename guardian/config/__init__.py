"""guardian.toml and clients.d/*.toml: what must exist, and what was agreed."""

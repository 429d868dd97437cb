"""One file per backup tool; see `guardian_agent.probe` for what a probe is."""

"""One file per control; see `guardian.domain.check` for what a check is."""

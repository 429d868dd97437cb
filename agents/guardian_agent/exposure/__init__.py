"""Is this encrypted? Classify bytes, scan folders."""

"""One file per storage that central looks at itself (none yet)."""

"""What several probes share: running a tool, listing points, files in a folder, archives."""

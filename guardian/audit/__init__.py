"""The evidence log: leaves, tree, checkpoints, verification."""

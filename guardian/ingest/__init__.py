"""Trust (pure), then one transaction, then a receipt."""

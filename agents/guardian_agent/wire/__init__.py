"""The wire format: pure, and central's only door to this package."""

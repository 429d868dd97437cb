"""Guardian's central: it knows what must exist, and judges what agents state."""

__version__ = "0.1.0"

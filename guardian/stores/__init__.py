"""One file per store; each passes `tests/contracts/store.py`."""

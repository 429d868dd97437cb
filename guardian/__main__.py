"""`python -m guardian` is `guardian`."""

from __future__ import annotations

from guardian.cli import main

if __name__ == "__main__":
    main()

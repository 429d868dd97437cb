"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# A slow machine is no fault of the code: no test asserts wall-clock time.
settings.register_profile("guardian", deadline=None)
settings.load_profile("guardian")

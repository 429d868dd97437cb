"""What every `Volumes` must do. Subclass it; the fixture `volumes` is the port."""

from __future__ import annotations

import pytest


class VolumesContract:
    """`folder` is an empty folder of ours that everybody may enter."""

    def test_what_is_done_apart_tells_its_status(self, volumes):
        assert volumes.apart(lambda: 3) == 3

    def test_nothing_is_mounted_outside(self, volumes, folder):
        with volumes.fixed(folder, 64 << 20) as mounted:
            assert mounted is None

    def test_who_is_known(self, volumes):
        assert volumes.knows("nobody")
        assert not volumes.knows("ghost")

    def test_the_number_of_a_user(self, volumes):
        assert isinstance(volumes.number("nobody"), int)
        assert volumes.number("ghost") is None

    def test_nothing_is_given_to_who_is_not_there(self, volumes, folder):
        with pytest.raises(OSError, match="no user 'ghost'"):
            volumes.give(folder, "ghost")

    def test_who_may_enter(self, volumes, folder):
        assert volumes.enters(f"{folder}/inside", "nobody")
        self.close(volumes, folder)
        assert not volumes.enters(f"{folder}/inside", "nobody")

    def close(self, volumes, folder: str) -> None:
        """Let nobody else enter."""
        raise NotImplementedError

    def test_protections_are_told(self, volumes):
        assert volumes.protections().landlock >= 0

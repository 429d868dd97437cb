from __future__ import annotations

import os
import shutil
import subprocess
import tempfile

import pytest
from guardian_agent.system.volumes import RealVolumes

from tests.agent.fakes import FakeVolumes
from tests.contracts.volumes import VolumesContract


class TestFakeVolumes(VolumesContract):
    @pytest.fixture
    def volumes(self):
        return FakeVolumes()

    @pytest.fixture
    def folder(self):
        return "/folder"

    def close(self, volumes, folder):
        volumes.closed.add(folder)


@pytest.mark.tools
class TestRealVolumes(VolumesContract):
    @pytest.fixture
    def volumes(self):
        return RealVolumes()

    @pytest.fixture
    def folder(self):
        folder = tempfile.mkdtemp()
        os.chmod(folder, 0o755)  # noqa: PTH101 - a plain string, as the port takes it
        yield folder
        shutil.rmtree(folder)

    def close(self, volumes, folder):
        os.chmod(folder, 0o700)  # noqa: PTH101

    def test_who_lives_there_is_ended_and_nobody_else(self, volumes, folder):
        at_home = {"HOME": f"{folder}/restore-01/home"}
        neighbour = {"HOME": f"{folder}-two/home"}
        with (
            subprocess.Popen(["/bin/sleep", "60"], env=at_home, start_new_session=True) as inside,
            subprocess.Popen(["/bin/sleep", "60"], env=neighbour) as outside,
        ):
            volumes.vacate(folder)
            assert inside.wait(timeout=30) == -9
            assert outside.poll() is None
            outside.kill()

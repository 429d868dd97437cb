from __future__ import annotations

import os
import shutil
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

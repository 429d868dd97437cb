from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from guardian_agent.system.files import RealFiles

from tests.agent.fakes import FakeFiles
from tests.contracts.files import FilesContract


class TestFakeFiles(FilesContract):
    @pytest.fixture
    def files(self):
        return FakeFiles()

    @pytest.fixture
    def root(self, files):
        files.make_directory("/data")
        return "/data"

    def link(self, files, path, target):
        files.link(path, target)

    def special(self, files, path):
        files.special(path)


GIVING_WAY = """
import ctypes, os
from guardian_agent.system.files import RealFiles
numbers = {"x86_64": (251, 252), "aarch64": (30, 31)}[os.uname().machine]
call = ctypes.CDLL(None).syscall
call(numbers[0], 1, 0, 2 << 13 | 6)
def now():
    return os.getpriority(os.PRIO_PROCESS, 0), call(numbers[1], 1, 0) >> 13
before = now()
with RealFiles().giving_way():
    within = now()
print(before, within, now())
"""


@pytest.mark.tools
def test_giving_way_ends():
    done = subprocess.run([sys.executable, "-c", GIVING_WAY], capture_output=True, check=True)
    before, within, after = re.findall(rb"\((\d+), (\d)\)", done.stdout)
    assert (before[1], within[1], after[1]) == (b"2", b"3", b"2")
    assert int(within[0]) >= 10
    assert os.geteuid() != 0 or after == before


class TestRealFiles(FilesContract):
    @pytest.fixture
    def files(self):
        return RealFiles()

    @pytest.fixture
    def root(self, tmp_path):
        return str(tmp_path)

    def link(self, files, path, target):
        Path(path).symlink_to(target)

    def special(self, files, path):
        os.mkfifo(path)

    def test_leftover_of_a_killed_writer_is_replaced(self, files, root):
        Path(root, f".a.{os.getpid()}.part").write_bytes(b"half")
        files.write(f"{root}/a", b"whole")
        assert [path.name for path in Path(root).iterdir()] == ["a"]

    def test_mode_is_exact_whatever_the_umask(self, files, root):
        before = os.umask(0o077)
        try:
            files.write(f"{root}/a", b"", 0o644)
        finally:
            os.umask(before)
        assert stat.S_IMODE(Path(root, "a").stat().st_mode) == 0o644

    @pytest.mark.tools
    def test_remove_tree_of_read_only_and_deep_directories(self, files, root):
        deep = Path(root, "tree")
        (deep / "locked" / "in").mkdir(parents=True)
        (deep / "locked").chmod(0o500)
        while len(str(deep)) < 3000:  # deeper than Python's stack
            deep /= "d"
            deep.mkdir()
        files.remove_tree(f"{root}/tree")
        assert list(Path(root).iterdir()) == []

    def test_remove_tree_deeper_than_any_path_can_be_long(self, files, root):
        folder = os.open(root, os.O_RDONLY)
        for name in ("tree", *["d" * 200] * 2000):
            os.mkdir(name, dir_fd=folder)
            below = os.open(name, os.O_RDONLY, dir_fd=folder)
            os.close(folder)
            folder = below
        os.close(os.open("file", os.O_CREAT, dir_fd=folder))
        os.close(folder)
        files.remove_tree(f"{root}/tree")
        assert list(Path(root).iterdir()) == []

    def test_entry_times_and_blocks(self, files, root):
        with Path(root, "a").open("wb") as file:
            file.truncate(10**6)
        os.utime(f"{root}/a", ns=(5, 7))
        entry = files.stat(f"{root}/a")
        assert (entry.modified_ns, entry.size, entry.blocks) == (7, 10**6, 0)
        assert entry.changed_ns > 10**18

    def test_entry_gone_while_scanning(self, files, root):
        for name in "abc":
            files.write(f"{root}/{name}", b"")
        entries = files.scan(root)
        next(entries)
        Path(root, "b").unlink()
        assert [entry.path for entry in entries] == [f"{root}/c"]

    def test_user_id_is_ours(self, files):
        assert files.user_id() == os.geteuid()

    @pytest.mark.tools
    def test_open_without_the_right_to_keep_access_times(self, files):
        child = os.fork()
        if child == 0:
            with suppress(BaseException):
                if os.geteuid() == 0:
                    os.setuid(65534)
                with files.open("/etc/passwd") as stream:
                    os._exit(0 if stream.read(1) else 1)
            os._exit(2)
        assert os.waitpid(child, 0)[1] == 0


def _calls_of(action: str, folder: str) -> list[str]:
    """Return the calls on `folder` that matter for durability, in their order."""
    code = f"from guardian_agent.system.files import RealFiles\nf = RealFiles()\n{action}"
    names = "write,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat"
    trace = f"{folder}/../trace"
    command = ["strace", "-y", "-o", trace, "-e", f"trace={names}", sys.executable, "-c", code]
    subprocess.run(command, check=True, timeout=60)
    found = []
    for line in Path(trace).read_text(encoding="utf-8").splitlines():
        if folder in line and not line.endswith("(No such file or directory)"):
            name = line.partition("(")[0]
            found.append(f"{name} directory" if f"<{folder}>" in line else name)
    return found


@pytest.mark.tools
@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("f.write({path!r}, b'x')", ["write", "fsync", "rename", "fsync directory"]),
        (
            "f.create_exclusively({path!r}, b'x')",
            ["write", "fsync", "link", "unlink", "fsync directory"],
        ),
        (
            "f.write({path!r}, b'x'); f.remove({path!r})",
            ["write", "fsync", "rename", "fsync directory", "unlink", "fsync directory"],
        ),
        (
            "f.write({path!r}, b'x'); f.rename({path!r}, {path!r} + '2')",
            ["write", "fsync", "rename", "fsync directory", "rename", "fsync directory"],
        ),
    ],
)
def test_power_cut_order(tmp_path, action, expected):
    folder = tmp_path / "state"
    folder.mkdir()
    assert _calls_of(action.format(path=str(folder / "a")), str(folder)) == expected


@pytest.mark.tools
@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
@pytest.mark.parametrize(
    ("fault", "status", "contents"),
    [
        ("fsync:error=EIO:when=1", errno.EIO, b"old"),
        ("fsync:error=EIO:when=2", errno.EIO, b"new"),
        ("rename:error=ENOSPC:when=1", errno.ENOSPC, b"old"),
        ("fchmod:error=EPERM:when=1", errno.EPERM, b"old"),
    ],
)
def test_failing_disk_leaves_old_or_new_and_says_so(tmp_path, fault, status, contents):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    code = (
        "from guardian_agent.system.files import RealFiles\n"
        f"try: RealFiles().write({str(path)!r}, b'new')\n"
        "except OSError as error: raise SystemExit(error.errno)"
    )
    command = ["strace", "-o", "/dev/null", "-e", f"inject={fault}", sys.executable, "-c", code]
    assert subprocess.run(command, check=False, timeout=60).returncode == status
    assert [(found.name, found.read_bytes()) for found in tmp_path.iterdir()] == [("a", contents)]

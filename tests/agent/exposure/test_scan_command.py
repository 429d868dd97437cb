from __future__ import annotations

import hashlib
import io
import json
import os
from pathlib import Path

import pytest
from guardian_agent.cli import main

from tests.agent.exposure.doors.kept import restic_key
from tests.agent.fakes import FakeSystem

TEXT = b"name;mail\nAda Lovelace;ada@example.org\n" * 20
SALTED = b"Salted__" + bytes(range(7, 256, 3)) * 2


@pytest.fixture
def system() -> FakeSystem:
    return FakeSystem()


def test_nothing_readable_is_0(system: FakeSystem, capsys: pytest.CaptureFixture[str]) -> None:
    system.files.put("/data/a.enc", SALTED)
    assert main(["scan", "/data"], system) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 file: 1 encrypted"
    assert system.files.gave_way == 1


def test_something_readable_is_1(system: FakeSystem, capsys: pytest.CaptureFixture[str]) -> None:
    system.files.put("/data/a.enc", SALTED)
    system.files.put("/data/b.csv", TEXT)
    system.files.put("/data/c.bin", bytes(range(256)))
    assert main(["scan", "/data"], system) == 1
    out = capsys.readouterr().out.splitlines()
    row = ["plaintext", "text", "780", "B", "/data/b.csv"]
    assert out[1].split()[:5] == row
    assert out[3] == "3 files: 1 plaintext, 1 unknown, 1 encrypted"


def test_the_summary_says_what_to_do_next(
    system: FakeSystem, capsys: pytest.CaptureFixture[str]
) -> None:
    system.files.put("/data/b.csv", TEXT)
    system.files.put("/data/c.bin", bytes(range(256)))
    main(["scan", "/data"], system)
    advice = capsys.readouterr().out.splitlines()[3:]
    assert [line.partition(":")[0] for line in advice] == [
        "personal data that anybody can read",
        "ways in",
        "plaintext",
        "unknown",
        "world-readable",
    ]


def test_an_empty_place_proves_nothing(
    system: FakeSystem, capsys: pytest.CaptureFixture[str]
) -> None:
    system.files.make_directory("/data")
    assert main(["scan", "/data"], system) == 3
    assert capsys.readouterr().out.splitlines() == [
        "0 files",
        "nothing was found, which proves nothing: is it mounted?",
    ]


def test_personal_data_is_told_as_counts(
    system: FakeSystem, capsys: pytest.CaptureFixture[str]
) -> None:
    system.files.put("/data/b.csv", TEXT)
    assert main(["scan", "/data"], system) == 1
    out = capsys.readouterr().out
    assert "(1 email; world-readable)" in out.splitlines()[0]
    assert "personal data that anybody can read: 1 email" in out
    assert "ada@" not in out


def test_something_unknown_is_3(system: FakeSystem) -> None:
    system.files.put("/data/a.enc", SALTED)
    system.files.put("/data/c.bin", bytes(range(256)))
    assert main(["scan", "/data"], system) == 3


def test_what_could_not_be_looked_at_is_3(
    system: FakeSystem, capsys: pytest.CaptureFixture[str]
) -> None:
    system.files.put("/data/a.enc", SALTED)
    system.files.put("/data/deep/b.csv", TEXT)
    system.files.fail("scan", "/data/deep")
    assert main(["scan", "/data"], system) == 3
    said = capsys.readouterr()
    assert "not everything was looked at: /data/deep: Permission denied" in said.err
    assert said.out.splitlines()[1].startswith("1 file (and some that could not be looked at)")


def test_a_missing_path_is_wrong_usage(
    system: FakeSystem, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", "/nowhere"], system) == 2
    assert "/nowhere: no such file or folder" in capsys.readouterr().err


def test_no_path_is_wrong_usage(system: FakeSystem) -> None:
    assert main(["scan"], system) == 2


def test_json_is_one_object_a_line(system: FakeSystem, capsys: pytest.CaptureFixture[str]) -> None:
    system.files.put("/data/b.csv", TEXT)
    system.files.put("/data/c.csv", TEXT)
    main(["scan", "--json", "/data"], system)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == {
        "path": "/data/b.csv",
        "state": "plaintext",
        "kind": "text",
        "confidence": "proven",
        "evidence": ["text-readable"],
        "personal_data": {"email": 1},
        "readable_by": "local-users",
        "ways_in": ["world-readable"],
    }
    assert len(lines) == 2


HOSTILE = ["\x1b]0;owned\x07", "a\nb", "\u202egpj.exe", "\x9b31m", os.fsdecode(b"\xff\xfe")]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("words", [["scan"], ["scan", "--json"]])
def test_a_hostile_name_steers_no_terminal(
    system: FakeSystem, capsys: pytest.CaptureFixture[str], name: str, words: list[str]
) -> None:
    system.files.put(f"/data/{name}", TEXT)
    assert main([*words, "/data"], system) == 1
    out = capsys.readouterr().out
    assert out.replace("\n", "").isprintable()
    assert out.count("\n") == (1 if "--json" in words else 6)


def test_json_gives_the_path_back_exactly(
    system: FakeSystem, capsys: pytest.CaptureFixture[str]
) -> None:
    path = "/data/" + os.fsdecode(b"\xff\xfe\n\x1b")
    system.files.put(path, TEXT)
    main(["scan", "--json", "/data"], system)
    assert json.loads(capsys.readouterr().out)["path"] == path


class Terminal(io.StringIO):
    """A stderr that somebody watches, on a descriptor of its own."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = path.open("wb+")

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        self._file.close()
        super().close()


def test_progress_is_for_people_and_is_wiped(
    system: FakeSystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal(tmp_path / "terminal")
    monkeypatch.setattr("sys.stderr", terminal)
    for number in range(120):
        system.files.put(f"/data/{number}", SALTED)
    main(["scan", "/data"], system)
    shown = (tmp_path / "terminal").read_bytes().decode()
    terminal.close()
    assert "counting files" in shown
    assert "100 files: 9" in shown
    assert " 83%" in shown
    assert shown.endswith("\r\x1b[K")


def test_sizes_are_said_in_units(system: FakeSystem, capsys: pytest.CaptureFixture[str]) -> None:
    system.files.put("/data/big", b"\0" * (3 << 20))
    main(["scan", "/data"], system)
    assert "3.0 MiB" in capsys.readouterr().out


PEM = b"-----BEGIN RSA PRIVATE KEY-----\n" + b"MIIEpAIBAAKCAQEA" * 8 + b"\n"


def told(
    system: FakeSystem, capsys: pytest.CaptureFixture[str], *words: str
) -> dict[str, dict[str, object]]:
    main(["scan", "--json", *words, "/data"], system)
    lines = map(json.loads, capsys.readouterr().out.splitlines())
    return {line["path"]: line for line in lines}


def test_it_tells_which_file_others_can_read(
    system: FakeSystem, capsys: pytest.CaptureFixture[str]
) -> None:
    system.files.put("/data/open.csv", TEXT, mode=0o644)
    system.files.put("/data/mine.csv", TEXT, mode=0o640)
    system.files.put("/data/shared.csv", TEXT, mode=0o666)
    system.files.put("/data/sealed.enc", SALTED, mode=0o644)
    system.files.put("/data/closed/list.csv", TEXT, mode=0o644)
    system.files.change_mode("/data/closed", 0o700)
    found = told(system, capsys)
    assert {path: (line["readable_by"], line["ways_in"]) for path, line in found.items()} == {
        "/data/open.csv": ("local-users", ["world-readable"]),
        "/data/mine.csv": ("owner", []),
        "/data/shared.csv": ("local-users", ["world-readable", "world-writable"]),
        "/data/sealed.enc": ("local-users", []),
        "/data/closed/list.csv": ("owner", []),
    }


def test_it_tells_which_file_belongs_to_another(
    system: FakeSystem, capsys: pytest.CaptureFixture[str]
) -> None:
    system.files.put("/data/list.csv", TEXT, mode=0o600)
    assert told(system, capsys)["/data/list.csv"]["ways_in"] == []
    found = told(system, capsys, "--owner", "nobody")
    assert found["/data/list.csv"]["ways_in"] == ["wrong-owner"]
    assert main(["scan", "--owner", "nobody", "/data"], system) == 1
    assert "wrong-owner: they belong to another user" in capsys.readouterr().out


def test_an_owner_that_is_no_user_is_wrong_usage(
    system: FakeSystem, capsys: pytest.CaptureFixture[str]
) -> None:
    system.files.put("/data/a", TEXT)
    assert main(["scan", "--owner", "nobody-here", "/data"], system) == 2
    assert "--owner nobody-here: no such user" in capsys.readouterr().err


def test_it_tells_which_file_holds_a_key_and_beside_which_one_lies(
    system: FakeSystem, capsys: pytest.CaptureFixture[str]
) -> None:
    system.files.put("/data/notes.txt", TEXT + PEM, mode=0o600)
    system.files.put("/data/dump.enc", SALTED, mode=0o600)
    system.files.put("/data/dump.password", b"correct horse battery staple\n", mode=0o600)
    system.files.put("/data/deep/dump.enc", SALTED, mode=0o600)
    ways = {path: line["ways_in"] for path, line in told(system, capsys).items()}
    assert ways == {
        "/data/notes.txt": ["private-key"],
        "/data/dump.enc": ["key-beside-data"],
        "/data/dump.password": [],
        "/data/deep/dump.enc": [],
    }
    assert main(["scan", "/data"], system) == 1
    out = capsys.readouterr().out
    assert "ways in: 1 key-beside-data, 1 private-key" in out
    assert "correct horse" not in out


def restic(system: FakeSystem, password: bytes) -> None:
    named = [hashlib.sha256(bytes([number])).hexdigest() for number in range(6)]
    put = system.files.put
    put("/data/repo/config", hashlib.shake_128(b"config").digest(155))
    put(f"/data/repo/keys/{named[5]}", restic_key(password))
    for number in range(4):
        pack = hashlib.shake_128(bytes([number])).digest(4000)
        put(f"/data/repo/data/{number:02x}/{named[number]}", pack)
    put(f"/data/repo/index/{named[4]}", hashlib.shake_128(b"index").digest(4000))
    put(f"/data/repo/snapshots/{named[4]}", hashlib.shake_128(b"snapshot").digest(300))


def test_a_repository_is_told_with_the_ways_to_its_bytes(
    system: FakeSystem, capsys: pytest.CaptureFixture[str]
) -> None:
    restic(system, b"a good one")
    assert main(["scan", "/data"], system) == 0
    (row,) = [line for line in capsys.readouterr().out.splitlines() if "repository" in line]
    assert row.split()[:4] == ["encrypted", "restic", "repository", "/data/repo"]
    assert "(2 doors tried, none opened; its bytes can be fetched by local-users)" in row


@pytest.mark.parametrize(
    ("password", "beside", "ways"),
    [
        (b"", None, ["empty-password"]),
        (b"static-passw0rd", None, ["well-known-password"]),
        (b"hunter2", b"hunter2\n", ["key-beside-data"]),
    ],
)
def test_a_repository_that_anybody_opens_is_1(
    system: FakeSystem,
    capsys: pytest.CaptureFixture[str],
    password: bytes,
    beside: bytes | None,
    ways: list[str],
) -> None:
    restic(system, password)
    if beside is not None:
        system.files.put("/data/restic.password", beside, mode=0o600)
    found = told(system, capsys)["/data/repo"]
    assert (found["state"], found["kind"], found["ways_in"]) == ("weak", "restic", ways)
    assert found["doors_tried"]
    assert main(["scan", "/data/repo"], system) == 1
    out = capsys.readouterr().out
    assert "OPENS: " in out
    assert "hunter2" not in out


def test_a_repository_that_nobody_may_look_into_is_told_all_the_same(
    system: FakeSystem, capsys: pytest.CaptureFixture[str]
) -> None:
    restic(system, b"a good one")
    system.files.change_mode("/data/repo", 0o700)
    found = told(system, capsys)["/data/repo"]
    assert (found["readable_by"], found["ways_in"]) == ("owner", [])

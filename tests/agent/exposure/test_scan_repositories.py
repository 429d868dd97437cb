"""A repository's files are what its layout says; what else lies in it is not vouched for."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from guardian_agent.config import Limits
from guardian_agent.exposure.look import Aims
from guardian_agent.exposure.scan import scan_paths

from tests.agent.fakes import FakeSystem

KEY = {"kdf": "scrypt", "N": 32768, "r": 8, "p": 1, "salt": "c2FsdA==", "data": "ZGF0YQ=="}
TEXT = b"name;mail\nAda Lovelace;ada@example.org\n" * 20


def noise(name: str, size: int = 4000) -> bytes:
    return hashlib.shake_128(name.encode()).digest(size)


def named(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def system() -> FakeSystem:
    system = FakeSystem()
    put = system.files.put
    put("/srv/repo/config", noise("config", 155))
    put(f"/srv/repo/keys/{named('key')}", json.dumps(KEY).encode())
    for number in range(4):
        put(f"/srv/repo/data/{number:02x}/{named(str(number))}", noise(str(number)))
    put(f"/srv/repo/index/{named('index')}", noise("index"))
    put(f"/srv/repo/snapshots/{named('snapshot')}", noise("snapshot", 300))
    return system


def scan(system: FakeSystem, path: str = "/srv") -> dict[str, tuple[str, str]]:
    aims = Aims(reach=False, personal=False)
    found = scan_paths([path], Limits(), system, aims)
    return {each.path: (each.classified.state.value, each.classified.kind) for each in found}


@pytest.mark.parametrize("path", ["/srv", "/srv/repo", "/"])
def test_every_part_of_a_repository_is_what_it_is(system: FakeSystem, path: str) -> None:
    found = scan(system, path)
    assert len(found) == 8
    assert set(found.values()) == {("encrypted", "restic")}
    assert system.files.held == 0


def test_what_else_lies_in_it_is_not_vouched_for(system: FakeSystem) -> None:
    system.files.put("/srv/repo/export.csv", TEXT)
    system.files.put("/srv/repo/data/00/stray", noise("stray"))
    system.files.put("/srv/repo/README", TEXT)
    found = scan(system)
    assert found["/srv/repo/export.csv"] == ("plaintext", "text")
    assert found["/srv/repo/data/00/stray"] == ("unknown", "random")
    assert found["/srv/repo/README"] == ("plaintext", "text")


def test_a_name_vouches_for_nothing_that_can_be_read(system: FakeSystem) -> None:
    path = f"/srv/repo/index/{named('copied here')}"
    system.files.put(path, TEXT * 9)
    assert scan(system)[path] == ("plaintext", "text")


def test_gocryptfs_is_known_by_the_length_of_its_names(system: FakeSystem) -> None:
    conf = {"EncryptedKey": "a", "ScryptObject": {}, "FeatureFlags": []}
    system.files.put("/srv/view/gocryptfs.conf", json.dumps(conf).encode())
    names = {"a" * 22: "encrypted", "b" * 43 + "=": "encrypted", "c" * 86: "encrypted"}
    names |= {"export-of-all-clients": "unknown"}
    for name, state in names.items():
        system.files.put(f"/srv/view/{name}", noise(name))
        assert scan(system)[f"/srv/view/{name}"][0] == state, name


def test_a_readable_pack_makes_all_of_it_readable(system: FakeSystem) -> None:
    for number in range(4):
        system.files.put(f"/srv/repo/data/{number:02x}/{named(str(number))}", TEXT)
    found = scan(system)
    assert found[f"/srv/repo/data/00/{named('0')}"] == ("plaintext", "text")
    assert found["/srv/repo/config"][0] == "plaintext"


def test_random_bytes_beside_a_repository_stay_unknown(system: FakeSystem) -> None:
    system.files.put("/srv/other/blob", noise("other"))
    assert scan(system)["/srv/other/blob"] == ("unknown", "random")


def test_nothing_above_the_watched_place_is_asked(system: FakeSystem) -> None:
    found = scan(system, "/srv/repo/data")
    assert {state for state, _ in found.values()} == {"unknown"}


def test_a_repository_that_cannot_be_entered_says_nothing(system: FakeSystem) -> None:
    system.files.fail("open", f"/srv/repo/keys/{named('key')}")
    found = scan(system)
    assert found["/srv/repo/config"][0] == "unknown"


def borg_segment(text: bytes = b"") -> bytes:
    sealed = bytes(32) + b"\x03" + (text or noise("sealed"))
    entry = (9 + len(sealed)).to_bytes(4, "little") + b"\0" + sealed
    return b"BORG_SEG" + bytes(4) + entry


def borg_index(buckets: int = 40) -> bytes:
    told = b"BORG_IDX" + (7).to_bytes(4, "little") + buckets.to_bytes(4, "little") + b"\x20\x08"
    return told + bytes(buckets * 40)


IN_CLEAR = {
    "README": b"This is a Borg Backup repository.\nSee https://borgbackup.readthedocs.io/\n",
    "config": b"[repository]\nversion = 1\nsegments_per_dir = 1000\nid = 00\n",
    "nonce": b"0000000040000097",
    "index.13": borg_index(),
    "hints.13": b"\x85\xa7version\x02\xa8segments" + bytes(range(90)),
    "integrity.13": b'\x83\xa7version\x02\xa5hints\xda\x00@{"algorithm": "XXH64", "digests": {}}',
    "lock.roster": b'{"shared": []}',
}


@pytest.fixture
def borg() -> FakeSystem:
    system = FakeSystem()
    for number in range(3):
        system.files.put(f"/srv/borg/data/0/{number}", borg_segment())
    for name, content in IN_CLEAR.items():
        system.files.put(f"/srv/borg/{name}", content)
    return system


def test_what_borg_leaves_in_clear_is_a_part_of_it(borg: FakeSystem) -> None:
    assert {state for state, _ in scan(borg).values()} == {"encrypted"}


@pytest.mark.parametrize("name", sorted(IN_CLEAR))
def test_its_name_alone_makes_nothing_a_part_of_borg(borg: FakeSystem, name: str) -> None:
    borg.files.put(f"/srv/borg/{name}", TEXT * 40)
    assert scan(borg)[f"/srv/borg/{name}"][0] == "plaintext"


@pytest.mark.parametrize("name", ["index.13", "hints.13", "integrity.13", "README", "lock.roster"])
def test_its_beginning_alone_makes_nothing_a_part_of_borg(borg: FakeSystem, name: str) -> None:
    borg.files.put(f"/srv/borg/{name}", IN_CLEAR[name] + TEXT * 40)
    assert scan(borg)[f"/srv/borg/{name}"][0] in {"plaintext", "unknown"}


def test_letters_under_its_name_are_not_a_part_of_borg(borg: FakeSystem) -> None:
    borg.files.put("/srv/borg/README", base64.b64encode(noise("letters", 9000)))
    assert scan(borg)["/srv/borg/README"][0] == "unknown"

"""Each kind of lock: its own password opens it, no other does, and nonsense is no answer."""

from __future__ import annotations

import pytest
from guardian_agent.exposure.doors import try_doors
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.agent.exposure.doors.kept import DOORS, EMPTY, LOCKED, PASSWORD, SAMPLES
from tests.agent.fakes import FakeSystem

ALL = sorted({**LOCKED, **dict.fromkeys(EMPTY, DOORS)}.items())


def tried(content: bytes, beside: bytes | None = None):
    system = FakeSystem()
    system.files.put("/drop/nightly", content)
    if beside is not None:
        system.files.put("/drop/nightly.key", beside)
    found = try_doors("/drop/nightly", system)
    return found.doors, found.opened


@pytest.mark.parametrize(("name", "folder"), LOCKED.items())
def test_its_own_password_alone_opens_a_container(name, folder):
    content = (folder / name).read_bytes()
    published = 1 if name.endswith(".xlsx") else 0
    assert tried(content) == (1 + published, None)
    assert tried(content, beside=b"test-only-pas\n") == (2 + published, None)
    assert tried(content, beside=PASSWORD + b"\n") == (2 + published, "key-beside-data")


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_password_is_an_open_door(name):
    assert tried((DOORS / name).read_bytes()) == (1, "empty-password")


def test_what_excel_tries_by_itself_is_an_open_door():
    assert tried((DOORS / "xlsx-velvet.xlsx").read_bytes()) == (2, "well-known-password")


def test_an_identity_beside_opens_what_was_encrypted_for_it():
    content = (DOORS / "age-x25519.age").read_bytes()
    identity = (DOORS / "age-identity.txt").read_bytes()
    assert tried(content) == (0, None)
    assert tried(content, beside=identity) == (1, "key-beside-data")
    other = identity.replace(b"AGE-SECRET-KEY-1", b"AGE-SECRET-KEY-2")
    assert tried(content, beside=other) == (0, None)


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        (SAMPLES, "00-plain.txt"),
        (SAMPLES, "7z-aes-header-encrypted.7z"),
        (SAMPLES, "gpg-pubkey.gpg"),
        (SAMPLES, "gpg-signed-NOT-encrypted.gpg"),
        (SAMPLES, "gzip-plain.gz"),
        (SAMPLES, "pdf-plain.pdf"),
        (SAMPLES, "random-bytes.bin"),
        (SAMPLES, "xlsx-plain.xlsx"),
        (SAMPLES, "zip-plain.zip"),
    ],
)
def test_without_a_known_lock_nothing_was_tried(folder, name):
    assert tried((folder / name).read_bytes(), beside=PASSWORD) == (0, None)


def test_a_header_without_its_key_slots_proves_nothing():
    assert tried((SAMPLES / "luks2-header-64k.bin").read_bytes()) == (0, None)


def test_what_would_take_half_a_gigabyte_is_not_tried():
    assert b"-> scrypt 1w8XR1et+Xr8f9AT4lKEyg 19\n" in (SAMPLES / "age-scrypt.age").read_bytes()
    assert tried((SAMPLES / "age-scrypt.age").read_bytes(), beside=PASSWORD) == (0, None)


@pytest.mark.parametrize(("name", "folder"), LOCKED.items())
def test_cut_short_it_neither_opens_nor_breaks(name, folder):
    content = (folder / name).read_bytes()
    for length in (1, 7, 40, 130, 300, len(content) // 3):
        assert tried(content[:length])[1] is None


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    which=st.sampled_from(ALL),
    place=st.floats(0, 0.999),
    garbage=st.binary(min_size=1, max_size=40),
)
def test_no_damage_breaks_it(which, place, garbage):
    name, folder = which
    content = (folder / name).read_bytes()[:100_000]
    # Damage mostly where the parameters stand: near the beginning.
    start = int(place * min(len(content), 1200))
    tried(content[:start] + garbage + content[start + len(garbage) :])

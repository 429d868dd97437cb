"""What opens for everybody is not called encrypted by a scan either."""

from __future__ import annotations

import pytest
from guardian_agent.exposure.trying import MOST_TRIED, Trying
from guardian_agent.magic import HEAD_BYTES, TAIL_BYTES, classify
from guardian_agent.wire.facts.words import Encryption

from tests.agent.exposure.doors.kept import DOORS, SAMPLES
from tests.agent.fakes import FakeClock


def said(trying, content):
    found = trying.classify(
        content[:HEAD_BYTES],
        content[-TAIL_BYTES:],
        len(content),
        lambda place, count: content[place : place + count],
    )
    return found.state, found.rule


@pytest.fixture
def trying():
    return Trying(classify, FakeClock())


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("xlsx-velvet.xlsx", "well-known-password"),
        ("openssl-empty.enc", "empty-password"),
        ("aescrypt-empty.aes", "empty-password"),
    ],
)
def test_an_open_door_is_weak(trying, name, rule):
    content = (DOORS / name).read_bytes()
    assert classify(content, content, len(content), lambda *_: b"").state is Encryption.ENCRYPTED
    assert said(trying, content) == (Encryption.WEAK, rule)


@pytest.mark.parametrize(
    "name", ["xlsx-encrypted.xlsx", "zip-aes256.zip", "gpg-symmetric.gpg", "age-scrypt.age"]
)
def test_what_stays_shut_is_encrypted(trying, name):
    state, _ = said(trying, (SAMPLES / name).read_bytes())
    assert state is Encryption.ENCRYPTED


def test_a_scan_tries_so_many_and_no_more(trying):
    content = (DOORS / "openssl-empty.enc").read_bytes()
    states = [said(trying, content)[0] for _ in range(MOST_TRIED + 1)]
    assert states == [Encryption.WEAK] * MOST_TRIED + [Encryption.ENCRYPTED]


class SlowClock(FakeClock):
    """Every look at it takes a while."""

    def monotonic(self):
        self.advance(seconds=0.1)
        return super().monotonic()


def test_a_scan_spends_a_small_share_of_its_time_on_doors():
    clock = SlowClock()
    trying = Trying(classify, clock)
    content = (DOORS / "openssl-empty.enc").read_bytes()
    states = [said(trying, content)[0] for _ in range(50)]
    assert 1 <= states.count(Encryption.WEAK) < 10
    clock.advance(hours=1)
    assert said(trying, content)[0] is Encryption.WEAK

"""Where blocks are cut and how bytes arrive changes nothing."""

from __future__ import annotations

from random import Random

import pytest
from guardian_agent.exposure.personal import finder
from guardian_agent.exposure.personal.fast import Hyperscan, fastest_gate
from guardian_agent.exposure.personal.finder import Finder
from guardian_agent.exposure.personal.gate import Portable
from guardian_agent.exposure.personal.tally import Tally
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.agent.exposure.personal.searching import counted
from tests.world.people.documents import adversarial

ALL = (
    b"card 4111 1111 1111 1111, iban DE89 3704 0044 0532 0130 00, "
    b"snils 112-233-445 95 mail anna.schmidt@example.com tel +49 30 1234567 "
    b"passport 4509 123456 fiscale RSSMRA85T10A562S"
)
DOCUMENTS = [each.data for each in adversarial(Random(5), 1)]
EACH = {
    "card": 1, "iban": 1, "snils": 1, "email": 1, "phone": 1, "passport-ru": 1,
    "codice-fiscale-it": 1,
}  # fmt: skip


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(finder, "BLOCK", 2048)
    monkeypatch.setattr(finder, "RIGHT", 1024)
    monkeypatch.setattr(finder, "LEFT", 1024)


@pytest.mark.parametrize("place", range(2048 - len(ALL) - 20, 2048 + 20, 4))
def test_a_border_loses_and_doubles_nothing(small_blocks, place):
    before = (b"nothing to see on this line\n" * 200)[: place - 1] + b"\n"

    assert counted(before + ALL + b"\n" + before).values == EACH


@pytest.mark.parametrize("size", [1, 2, 7, 64, 999, 4096])
def test_pieces_of_any_size_give_the_same(small_blocks, size):
    data = (b"x " * 700 + ALL + b"\n") * 5

    assert _fed(data, [size]) == EACH


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(1, 3000), min_size=1, max_size=20), st.integers(0, 10**6))
def test_documents_cut_anywhere_give_the_same(sizes, seed):
    random = Random(seed)
    data = b"\n".join(random.sample(DOCUMENTS, 12))

    assert _fed(data, sizes) == _fed(data, [len(data)])


def test_a_table_goes_on_over_many_blocks(small_blocks):
    rows = b"".join(b"%d;4509 %06d;x\n" % (n, 200_000 + n) for n in range(1000))

    assert counted(b"id;passport;y\n" + rows).values == {"passport-ru": 1000}


def test_an_insert_of_one_line_goes_on_over_many_blocks(small_blocks):
    rows = b",".join(b"(%d,'4509 %06d')" % (n, 200_000 + n) for n in range(1000))

    assert counted(b"INSERT INTO t (id, passport) VALUES " + rows + b";").values == {
        "passport-ru": 1000
    }


@pytest.mark.parametrize("seed", range(3))
def test_both_gates_find_the_same(seed):
    pytest.importorskip("hyperscan")
    for each in adversarial(Random(seed), 1):
        assert _fed(each.data, [10**6], _fast()) == _fed(each.data, [10**6], Portable())


@given(st.binary(max_size=300) | st.text(alphabet="iInNИя card+1@DE89 _", max_size=80))
def test_both_gates_look_at_the_same_words(data):
    pytest.importorskip("hyperscan")
    data = data if isinstance(data, bytes) else data.encode()
    fast, portable = _fast().look(data), Portable().look(data)

    assert fast.words == portable.words
    assert fast.signs[:2] == portable.signs[:2]


def test_without_hyperscan_the_standard_library_does(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "hyperscan", None)
    fastest_gate.cache_clear()
    try:
        assert isinstance(fastest_gate(), Portable)
    finally:
        fastest_gate.cache_clear()


def test_a_processor_that_hyperscan_does_not_know_is_no_failure(monkeypatch):
    import sys
    from types import SimpleNamespace

    class Refused(Exception):
        pass

    def refuse():
        raise Refused

    fake = SimpleNamespace(error=Refused, HS_FLAG_CASELESS=1, Database=refuse)
    monkeypatch.setitem(sys.modules, "hyperscan", fake)
    fastest_gate.cache_clear()
    try:
        assert isinstance(fastest_gate(), Portable)
    finally:
        fastest_gate.cache_clear()


def _fast() -> Hyperscan:
    fast = fastest_gate()
    assert isinstance(fast, Hyperscan)
    return fast


def _fed(data, sizes, gate=None):
    tally = Tally()
    fed = Finder(gate or Portable(), tally)
    place = turn = 0
    while place < len(data):
        size = sizes[turn % len(sizes)]
        fed.feed(data[place : place + size])
        place, turn = place + size, turn + 1
    fed.end()
    return tally.counts()

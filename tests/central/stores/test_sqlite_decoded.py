"""Evidence is not decoded twice, and what is remembered never differs from what is stored."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from guardian.stores.sqlite import SqliteStore
from guardian.stores.sqlite.decoded import MAX_SERVERS, Decoded
from guardian.stores.sqlite.evidence import evidence_columns, server_evidence
from tests.central.domain.strategies import lived, lives
from tests.contracts.store import evidence


@pytest.fixture
def store(tmp_path):
    store = SqliteStore(tmp_path)
    yield store
    store.close()


def read(store):
    with store.unit() as unit:
        return unit.evidence("acme", "web1")


def put(store, what):
    with store.unit() as unit:
        unit.put_evidence(what)


def put_and_fail(store, what):
    with store.unit() as unit:
        unit.put_evidence(what)
        raise RuntimeError


@settings(max_examples=50)
@given(lives())
def test_what_is_written_is_what_would_be_decoded(events):
    written = lived(events)
    row = (*evidence_columns(written), 1, written.client, written.server)

    assert server_evidence(row, Decoded()) == written


def test_what_was_written_or_read_is_not_decoded_again(store):
    written = evidence()
    put(store, written)

    assert read(store) is written
    assert store.all_evidence()[0] is written


def test_what_was_decoded_is_not_decoded_again(tmp_path, store):
    put(store, evidence())
    again = SqliteStore(tmp_path)
    first = read(again)

    assert first == evidence()
    assert read(again) is first
    again.close()


def test_what_another_process_wrote_is_read(tmp_path, store):
    put(store, evidence())
    other = SqliteStore(tmp_path)
    put(other, evidence(skew=4.0))

    assert read(store) == evidence(skew=4.0)
    other.close()


def test_what_was_rolled_back_is_not_remembered(store):
    put(store, evidence())
    with pytest.raises(RuntimeError):
        put_and_fail(store, evidence(skew=4.0))

    assert read(store) == evidence()


def test_only_the_servers_that_spoke_last_are_remembered():
    decoded = Decoded()
    decoded.keep("a", evidence("first"))
    decoded.keep("b", evidence("second"))
    decoded.keep("c", evidence("first"))
    for number in range(MAX_SERVERS - 1):
        decoded.keep("d", evidence(f"web{number}"))

    assert decoded.find("acme", "second", "b") is None
    assert decoded.find("acme", "first", "c") is not None

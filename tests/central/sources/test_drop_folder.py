from __future__ import annotations

import os

import pytest
from guardian_agent.wire.enrolment import make_request, open_grant
from guardian_agent.wire.keys import SigningKey
from guardian_agent.wire.receipt import read_receipt

from guardian.errors import ConfigError, StoreError
from guardian.ingest.trust import NotStored
from guardian.sources.drop_folder import draining
from guardian.sources.drop_folder.draining import Drained, drain
from guardian.stores.memory import MemoryStore
from tests.central.ingest.speaker import CENTRAL_KEY, Central, Speaker


@pytest.fixture
def central():
    return Central(MemoryStore())


@pytest.fixture
def drop(tmp_path):
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


def put(drop, agent, number, raw, epoch=1):
    inbox = drop / "inbox" / agent.key_id
    inbox.mkdir(parents=True, exist_ok=True)
    path = inbox / f"{epoch:010d}-{number:020d}.dsse"
    path.write_bytes(raw)
    return path


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def receipt_of(drop, agent, number):
    path = drop / "outbox" / agent.key_id / f"{1:010d}-{number:020d}.receipt"
    return read_receipt(path.read_bytes(), CENTRAL_KEY.public)


def test_an_empty_folder_is_nothing(central, drop):
    assert drain(drop, central.ingest) == Drained()


def test_a_folder_that_is_not_there_is_told(central, drop):
    with pytest.raises(ConfigError, match="must be there"):
        drain(drop / "nowhere", central.ingest)


def test_statements_are_taken_in_order_and_acknowledged(central, drop):
    agent = central.enrol()
    for number in range(1, 12):
        put(drop, agent, number, agent.say())
    assert drain(drop, central.ingest) == Drained(accepted=11)
    assert [kept.number for kept in central.store.statements(agent.key_id)] == list(range(1, 12))
    assert receipt_of(drop, agent, 11).number == 11
    assert not list((drop / "inbox").rglob("*.dsse"))


def test_a_statement_put_again_gets_its_receipt_again(central, drop):
    agent = central.enrol()
    raw = agent.say()
    put(drop, agent, 1, raw)
    drain(drop, central.ingest)
    first = receipt_of(drop, agent, 1)
    (path,) = (drop / "outbox").rglob("*.receipt")
    path.unlink()
    put(drop, agent, 1, raw)
    assert drain(drop, central.ingest) == Drained(duplicates=1)
    assert receipt_of(drop, agent, 1) == first


def test_a_statement_larger_than_a_request_is_taken(central, drop):
    agent = central.enrol()
    raw = agent.say() + b" " * 300_000
    put(drop, agent, 1, raw)
    assert drain(drop, central.ingest) == Drained(accepted=1)


def test_an_enrolment_is_answered_under_its_token(central, drop):
    token, key = central.token(), SigningKey.from_seed(b"n" * 32)
    (drop / "enrol").mkdir()
    request = drop / "enrol" / f"{token.secret_hash}.json"
    request.write_bytes(make_request(token, key))
    assert drain(drop, central.ingest) == Drained(enrolled=1)
    assert not request.exists()
    answer = (drop / "outbox" / "enrol" / request.name).read_bytes()
    speaker = Speaker(key)
    assert open_grant(answer, CENTRAL_KEY.public, speaker.key_id).agent == "web1"


def test_an_enrolment_under_another_tokens_name_is_refused(central, drop):
    mine, other = central.token(), central.token(server="web2")
    (drop / "enrol").mkdir()
    request = drop / "enrol" / f"{other.secret_hash}.json"
    request.write_bytes(make_request(mine, SigningKey.from_seed(b"n" * 32)))
    assert drain(drop, central.ingest).refused == {"malformed": 1}
    assert files(drop) == ["refused/00000001-malformed"]
    assert not central.store.keys()


def test_refused_files_are_put_aside_under_names_of_ours(central, drop):
    agent = central.enrol()
    put(drop, agent, 1, b"nonsense")
    put(drop, agent, 2, b"x" * (1024 * 1024 + 1))
    put(drop, agent, 3, agent.say())
    (drop / "enrol").mkdir()
    (drop / "enrol" / f"{'0' * 64}.json").write_bytes(b"{}")
    (drop / "enrol" / f"{'1' * 64}.json").write_bytes(b" " * 5000)
    stale = central.token()
    request = make_request(stale, SigningKey.from_seed(b"n" * 32))
    central.clock.time = central.store.tokens()[-1].expires_at
    (drop / "enrol" / f"{stale.secret_hash}.json").write_bytes(request)
    drained = drain(drop, central.ingest)
    assert drained.accepted == 1
    assert drained.refused == {"malformed": 2, "too_large": 2, "expired_token": 1}
    assert len(files(drop / "refused")) == 5
    assert central.store.refusals() == {"malformed": 1, "too_large": 1}
    assert not list((drop / "inbox").rglob("*.dsse"))


def test_refused_files_do_not_pile_up_for_ever(central, drop, monkeypatch):
    monkeypatch.setattr(draining, "MAX_REFUSED", 3)
    agent = central.enrol()
    for _ in range(2):
        for number in (1, 2):
            put(drop, agent, number, b"nonsense")
        assert drain(drop, central.ingest).refused == {"malformed": 2}
    assert files(drop) == [f"refused/0000000{number}-malformed" for number in (1, 2, 3)]


def test_a_foreign_file_among_the_refused_does_not_stop_the_count(central, drop):
    (drop / "refused").mkdir()
    (drop / "refused" / "zzz").write_bytes(b"")
    put(drop, central.enrol(), 1, b"nonsense")
    drain(drop, central.ingest)
    assert files(drop) == ["refused/00000002-malformed", "refused/zzz"]


ODD_NAMES = ["1.dsse", "0000000001-00000000000000000001.dsse.bak", "..dsse", "0000000001-1.dsse\n"]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_are_left_alone(central, drop, name):
    agent = central.enrol()
    put(drop, agent, 1, agent.say()).with_name(name).write_bytes(b"x")
    (drop / "inbox" / "nobody").mkdir()
    (drop / "enrol").mkdir()
    (drop / "enrol" / "request.json").write_bytes(b"x")
    drained = drain(drop, central.ingest)
    assert drained.accepted == 1
    assert drained.skipped == (2 if name.startswith(".") else 3)
    assert (drop / "inbox" / agent.key_id / name).exists()


def test_an_unfinished_file_waits(central, drop):
    agent = central.enrol()
    put(drop, agent, 1, b"half").rename(drop / "inbox" / agent.key_id / ".unfinished")
    assert drain(drop, central.ingest) == Drained()


def test_links_and_pipes_are_not_followed(central, drop, tmp_path):
    agent = central.enrol()
    secret = tmp_path / "secret"
    secret.write_bytes(agent.say())
    put(drop, agent, 4, agent.envelope()).unlink()
    inbox = drop / "inbox" / agent.key_id
    (drop / "enrol").mkdir()
    (drop / "enrol" / f"{'2' * 64}.json").symlink_to(secret)
    (inbox / f"{1:010d}-{1:020d}.dsse").symlink_to(secret)
    os.mkfifo(inbox / f"{1:010d}-{2:020d}.dsse")
    (inbox / f"{1:010d}-{3:020d}.dsse").mkdir()
    (drop / "inbox" / ("a" * 64)).symlink_to(inbox)
    assert drain(drop, central.ingest) == Drained(skipped=5)
    assert central.store.accepted_total() == 0


def test_a_link_planted_for_answers_is_not_followed(central, drop, tmp_path):
    agent = central.enrol()
    put(drop, agent, 1, agent.say())
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (drop / "outbox").mkdir()
    (drop / "outbox" / agent.key_id).symlink_to(elsewhere)
    assert drain(drop, central.ingest) == Drained(skipped=1)
    assert files(elsewhere) == []
    (drop / "outbox" / agent.key_id).unlink()
    assert drain(drop, central.ingest) == Drained(duplicates=1)


def test_a_link_planted_for_grants_is_not_followed(central, drop, tmp_path):
    token = central.token()
    (drop / "enrol").mkdir()
    request = make_request(token, SigningKey.from_seed(b"n" * 32))
    (drop / "enrol" / f"{token.secret_hash}.json").write_bytes(request)
    (drop / "outbox").mkdir()
    (drop / "outbox" / "enrol").symlink_to(tmp_path)
    assert drain(drop, central.ingest) == Drained(skipped=1)
    (drop / "outbox" / "enrol").unlink()
    assert drain(drop, central.ingest) == Drained(enrolled=1)


def test_a_receipt_goes_to_its_sender_whatever_the_file_is_called(central, drop):
    mine, other = central.enrol(), central.enrol(server="web2")
    put(drop, other, 77, mine.say())
    assert drain(drop, central.ingest) == Drained(accepted=1)
    assert receipt_of(drop, mine, 1).key_id == mine.key_id
    assert not (drop / "outbox" / other.key_id).exists()


class Busy:
    def answer(self, raw):
        raise NotStored("disk full")

    def enrol(self, raw):
        raise StoreError("disk full")


def test_what_cannot_be_kept_stays_for_the_next_pass(central, drop):
    agent = central.enrol()
    for number in (1, 2):
        put(drop, agent, number, agent.say())
    with pytest.raises(NotStored):
        drain(drop, Busy())
    assert drain(drop, central.ingest) == Drained(accepted=2)


def test_an_enrolment_that_cannot_be_kept_stays(central, drop):
    token = central.token()
    (drop / "enrol").mkdir()
    request = make_request(token, SigningKey.from_seed(b"n" * 32))
    (drop / "enrol" / f"{token.secret_hash}.json").write_bytes(request)
    with pytest.raises(StoreError):
        drain(drop, Busy())
    assert drain(drop, central.ingest) == Drained(enrolled=1)


class Unreadable:
    """Refuses to be read, as a file of another user does."""

    def __init__(self, ingest):
        self.ingest = ingest
        self.calls = 0

    def answer(self, raw):
        self.calls += 1
        if self.calls == 1:
            raise PermissionError(13, "Permission denied")
        return self.ingest.answer(raw)


def test_a_file_that_cannot_be_read_holds_up_its_own_sender_alone(central, drop):
    first, second = sorted(
        (central.enrol(), central.enrol(server="web2")), key=lambda agent: agent.key_id
    )
    for agent in (first, second):
        for number in (1, 2):
            put(drop, agent, number, agent.say())
    assert drain(drop, Unreadable(central.ingest)) == Drained(accepted=2, skipped=1)
    assert drain(drop, central.ingest) == Drained(accepted=2)


def test_a_receipt_that_cannot_be_written_holds_up_its_own_sender_alone(central, drop):
    agents = sorted((central.enrol(), central.enrol("beta", "db1")), key=lambda one: one.key_id)
    for agent in agents:
        put(drop, agent, 1, agent.say())
    name = f"{1:010d}-{1:020d}.receipt"
    (drop / "outbox" / agents[0].key_id / name / "x").mkdir(parents=True)
    assert drain(drop, central.ingest) == Drained(accepted=1, skipped=1)
    assert receipt_of(drop, agents[1], 1).number == 1
    assert list((drop / "inbox" / agents[0].key_id).iterdir()), "it is kept for the next pass"

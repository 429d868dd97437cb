from __future__ import annotations

from datetime import timedelta

import pytest
from guardian_agent.delivery import checkpoint, drain, receipts, spool, stream
from guardian_agent.delivery.drain import deliver
from guardian_agent.delivery.records import place
from guardian_agent.errors import ConfigError, DeliveryError, StateError
from guardian_agent.system.response import Response
from guardian_agent.wire.envelope import seal
from guardian_agent.wire.keys import SigningKey
from guardian_agent.wire.names import NO_HASH, Name, Slug
from guardian_agent.wire.observations import JobRun, Reason
from guardian_agent.wire.statement import MAX_WIRE_BYTES, ProbeFailure

from tests.agent.delivery.central import NOW, FakeCentral, config
from tests.agent.fakes import START

DROP = "file:///srv/drop"
FAILURE = ProbeFailure(probe=Slug("restic"), reason=Reason.TIMEOUT)


def job(exit_status=0, name="files"):
    return JobRun(
        backup_set=Name(name),
        started_at=START - timedelta(minutes=5),
        finished_at=START,
        exit_status=exit_status,
    )


@pytest.fixture
def say(system, identity):
    def say(*observations, failures=(), where=None):
        return stream.append(where or config(), system, identity, observations, failures)

    return say


def numbers(central):
    return [statement.number for statement in central.statements]


class TestHttps:
    def test_statement_arrives_and_leaves_the_spool(self, system, central, identity, say):
        (name,) = say(job(), failures=[FAILURE])
        assert name == "0000000001-00000000000000000001.dsse"
        delivery = deliver(config(), system, identity)
        assert delivery == drain.Delivery(sent=1, waiting=0, error=None)
        (statement,) = central.statements
        assert (statement.client, statement.agent, statement.epoch) == ("acme", "web1", 1)
        assert (statement.observations, statement.failures) == ((job(),), (FAILURE,))
        assert (statement.wall_time, statement.boot_id) == (START, system.clock.boot)
        assert (statement.previous, statement.spooled, statement.dropped) == (NO_HASH, 0, 0)

    def test_statements_are_chained(self, system, central, identity, say):
        for _ in range(3):
            say(job())
        deliver(config(), system, identity)
        assert numbers(central) == [1, 2, 3]
        payloads = list(central.receipts)
        assert [statement.previous for statement in central.statements[1:]] == payloads[:2]
        assert [statement.spooled for statement in central.statements] == [0, 1, 2]

    def test_large_statement_travels_packed(self, system, central, identity, say):
        facts = [job(name=system.randomness.bytes(16).hex()) for _ in range(400)]
        say(*facts)
        deliver(config(), system, identity)
        request = system.network.requests[-1]
        assert request.headers["Content-Encoding"] == "deflate"
        assert list(central.statements[0].observations) == facts

    def test_central_down_keeps_everything(self, system, central, identity, say):
        system.network.down()
        say(job())
        say(job())
        delivery = deliver(config(), system, identity)
        assert (delivery.sent, delivery.waiting) == (0, 2)
        assert "connection refused" in delivery.error
        system.network.handler = central.handle
        assert deliver(config(), system, identity).waiting == 0
        assert numbers(central) == [1, 2]

    def test_down_is_asked_once(self, system, central, identity, say):
        asked = []

        def fail(request):
            asked.append(request)
            raise DeliveryError("no answer in time")

        system.network.handler = fail
        for _ in range(5):
            say()
        deliver(config(), system, identity)
        assert len(asked) == 1

    def test_checkpoint_and_receipts_are_kept(self, system, central, identity, say):
        for _ in range(receipts.KEPT + 10):
            say()
        deliver(config(), system, identity)
        newest = checkpoint.newest(config(), system)
        assert (newest.tree_size, newest.number, newest.received_at) == (60, 60, NOW)
        kept = [path.rpartition("/")[2] for path in system.files.tree(place(config(), "receipts"))]
        assert len(kept) == receipts.KEPT
        assert kept[-1] == "0000000001-00000000000000000060.receipt"

    def test_no_checkpoint_before_the_first_receipt(self, system, identity):
        assert checkpoint.newest(config(), system) is None

    def test_a_pass_sends_so_many_and_no_more(self, system, central, identity, say):
        for _ in range(drain.MAX_SENT + 2):
            say()
        delivery = deliver(config(), system, identity)
        assert (delivery.sent, delivery.waiting) == (drain.MAX_SENT, 2)

    def test_unknown_address(self, system, identity):
        with pytest.raises(ConfigError, match=r"\$\.central\.url"):
            deliver(config("ftp://central.example"), system, identity)


class TestRefusals:
    @pytest.mark.parametrize(
        "reason",
        [
            "too_large",
            "malformed",
            "out_of_order",
            "broken_chain",
            "stale_epoch",
            "equivocation",
            "wrong_identity",
            "bad_signature",
        ],
    )
    def test_final_refusal_blocks_nothing_later(self, system, central, identity, say, reason):
        first, _ = say(), say()
        refused = []

        def handle(request):
            if not refused:
                refused.append(request)
                return central.refusal(reason)
            return central.handle(request)

        system.network.handler = handle
        delivery = deliver(config(), system, identity)
        assert (delivery.sent, delivery.waiting, delivery.refused) == (1, 0, 1)
        assert reason in delivery.error
        assert spool.refused(config(), system) == [f"{first[0]}.{reason}"]
        assert numbers(central) == [2]

    @pytest.mark.parametrize(
        "reason", ["unknown_key", "revoked_key", "frozen_key", "fast_forward", "not_stored", "new"]
    )
    def test_other_refusal_stops_and_keeps(self, system, central, identity, say, reason):
        say()
        say()
        central.refuse = reason
        sent_before = len(system.network.requests)
        delivery = deliver(config(), system, identity)
        assert (delivery.sent, delivery.waiting, delivery.refused) == (0, 2, 0)
        assert reason in delivery.error
        assert len(system.network.requests) == sent_before + 1

    @pytest.mark.parametrize("body", [b"", b"<html>\x1b[2J", b'{"reason": "\\u001b[2J"}', b"[1]"])
    def test_refusal_without_a_plain_word(self, system, identity, say, body):
        say()
        system.network.handler = lambda _: Response(status=502, body=body)
        delivery = deliver(config(), system, identity)
        assert delivery.waiting == 1
        assert delivery.error.endswith("refused: no reason that we understand (HTTP 502)")

    def test_few_refused_are_kept(self, system, central, identity, say):
        central.refuse = "malformed"
        for _ in range(spool.KEPT_REFUSED + 5):
            say()
        deliver(config(), system, identity)
        assert len(spool.refused(config(), system)) == spool.KEPT_REFUSED

    def test_unreadable_spool_file_blocks_nothing(self, system, central, identity, say):
        (first,), _ = say(), say()
        system.files.fail("read", place(config(), "spool", first))
        delivery = deliver(config(), system, identity)
        assert (delivery.sent, delivery.refused, delivery.waiting) == (1, 1, 0)
        assert spool.refused(config(), system) == [f"{first}.unreadable"]

    def test_statements_of_an_earlier_epoch_are_set_aside(self, system, central, identity, say):
        from guardian_agent.delivery.enrolment import enroll

        say(failures=[FAILURE])
        new = enroll(config(), system, central.token(b"t" * 32))
        stream.append(config(), system, new, [], [])
        delivery = deliver(config(), system, new)
        assert (delivery.sent, delivery.refused) == (1, 1)
        assert [(s.epoch, s.number, s.previous) for s in central.statements] == [(2, 1, NO_HASH)]


class TestReceipts:
    """Only the right receipt lets a statement go."""

    def lies(self, system, central, change):
        honest = central.handle

        def handle(request):
            return Response(status=200, body=change(honest(request).body))

        system.network.handler = handle

    @pytest.mark.parametrize(
        "change",
        [
            lambda line: b"",
            lambda line: b"guardian-receipt/1 ok",
            lambda line: line.replace(b" 1 1 ", b" 1 2 "),
            lambda line: line + line,
            lambda line: b"x" * 8000,
            lambda line: line[:-10] + b"AAAAAAAAA\n",
        ],
    )
    def test_not_a_receipt(self, system, central, identity, say, change):
        say()
        self.lies(system, central, change)
        delivery = deliver(config(), system, identity)
        assert (delivery.sent, delivery.waiting) == (0, 1)
        assert "receipt" in delivery.error or "signature" in delivery.error
        assert checkpoint.newest(config(), system) is None

    def test_receipt_of_another_statement(self, system, central, identity, say):
        say()
        say()
        lines = []

        def first_again(line):
            lines.append(line)
            return lines[0]

        self.lies(system, central, first_again)
        delivery = deliver(config(), system, identity)
        assert (delivery.sent, delivery.waiting) == (1, 1)
        assert "another statement" in delivery.error

    def test_receipt_of_another_central(self, system, central, identity, say):
        say()
        other = FakeCentral(key=SigningKey.from_seed(b"o" * 32))
        other.keys = central.keys
        system.network.handler = other.handle
        assert deliver(config(), system, identity).waiting == 1

    def test_lost_receipt_is_got_by_sending_again(self, system, central, identity, say):
        say()

        def lose(request):
            central.handle(request)
            raise DeliveryError("connection reset")

        system.network.handler = lose
        assert deliver(config(), system, identity).waiting == 1
        system.network.handler = central.handle
        assert deliver(config(), system, identity).waiting == 0
        assert numbers(central) == [1]

    def test_receipt_for_a_statement_that_is_damaged_here(self, system, central, identity, say):
        (name,) = say()
        path = place(config(), "spool", name)
        envelope = system.files.read(path, 9999)
        system.files.put(path, b"damaged")
        system.network.handler = lambda _: Response(status=200, body=central.accept(envelope))
        delivery = deliver(config(), system, identity)
        assert (delivery.sent, delivery.waiting) == (0, 1)
        assert "damaged in the spool" in delivery.error

    def test_damaged_receipts_are_no_memory(self, system, central, identity, say):
        say()
        deliver(config(), system, identity)
        folder = place(config(), "receipts")
        system.files.put(f"{folder}/0000000001-{9:020d}.receipt", b"nonsense")
        system.files.put(f"{folder}/0000000009-{9:020d}.receipt", b"nonsense")
        assert stream.head(config(), system, identity).number == 1


class TestStateThatFails:
    @pytest.mark.parametrize(
        ("operation", "name"),
        [
            ("scan", "spool"),
            ("scan", "receipts"),
            ("remove", "spool/0000000001-00000000000000000001.dsse"),
            ("write", "receipts/0000000001-00000000000000000001.receipt"),
            ("write", "checkpoint"),
        ],
    )
    def test_is_said_and_loses_nothing(self, system, central, identity, say, operation, name):
        say()
        system.files.fail(operation, place(config(), name))
        with pytest.raises(StateError, match="Permission denied"):
            deliver(config(), system, identity)
        system.files.mend()
        assert deliver(config(), system, identity).waiting == 0
        assert numbers(central) == [1]

    def test_refused_folder(self, system, central, identity, say):
        say()
        central.refuse = "malformed"
        system.files.fail("make_directory", place(config(), "refused"))
        with pytest.raises(StateError, match="Permission denied"):
            deliver(config(), system, identity)
        assert len(spool.waiting(config(), system)) == 1

    def test_old_receipts_that_cannot_go(self, system, central, identity, say):
        for _ in range(receipts.KEPT + 1):
            say()
        path = place(config(), "receipts", f"0000000001-{1:020d}.receipt")
        system.files.fail("remove", path)
        with pytest.raises(StateError, match="Permission denied"):
            deliver(config(), system, identity)


class TestRolledBack:
    def test_shorter_log_is_told_and_nothing_let_go(self, system, central, identity, say):
        for _ in range(5):
            say()
        deliver(config(), system, identity)
        central.tree_size = 2
        say()
        say()
        delivery = deliver(config(), system, identity)
        assert delivery.error.count("central_rolled_back") == 1
        assert (delivery.sent, delivery.waiting) == (2, 2)
        assert numbers(central) == [1, 2, 3, 4, 5, 6, 7]
        assert checkpoint.newest(config(), system).tree_size == 5

    def test_told_again_without_sending_again(self, system, central, identity, say):
        for _ in range(5):
            say()
        deliver(config(), system, identity)
        central.tree_size = 2
        say()
        deliver(config(), system, identity)
        sent = len(system.network.requests)
        delivery = deliver(config(), system, identity)
        assert "central_rolled_back" in delivery.error
        assert (delivery.waiting, len(system.network.requests)) == (1, sent)

    def test_over_once_the_log_has_grown_past(self, system, central, identity, say):
        for _ in range(3):
            say()
        deliver(config(), system, identity)
        central.tree_size = 2
        say()
        deliver(config(), system, identity)
        central.tree_size = 9
        say()
        assert "central_rolled_back" in deliver(config(), system, identity).error
        assert deliver(config(), system, identity) == drain.Delivery(sent=0, waiting=0, error=None)
        assert checkpoint.newest(config(), system).tree_size == 10

    def test_damaged_checkpoint_is_said(self, system, central, identity, say):
        system.files.put(place(config(), "checkpoint"), b"{}")
        say()
        with pytest.raises(StateError, match="checkpoint is damaged"):
            deliver(config(), system, identity)


class TestDropFolder:
    @pytest.fixture(autouse=True)
    def folder(self, system):
        system.files.make_directory("/srv/drop")

    def test_there_and_back(self, system, central, identity, say):
        say()
        say()
        delivery = deliver(config(DROP), system, identity)
        assert (delivery.sent, delivery.waiting, delivery.error) == (0, 2, None)
        folder = f"/srv/drop/inbox/{identity.key_id}"
        assert list(system.files.tree(folder)) == [
            f"{folder}/0000000001-{number:020d}.dsse" for number in (1, 2)
        ]
        central.ingest(system, "/srv/drop")
        delivery = deliver(config(DROP), system, identity)
        assert (delivery.sent, delivery.waiting, delivery.error) == (2, 0, None)
        assert system.files.tree("/srv/drop") == {}

    def test_what_lies_there_is_not_written_again(self, system, central, identity, say):
        say()
        deliver(config(DROP), system, identity)
        changes = len(system.files.journal)
        deliver(config(DROP), system, identity)
        assert not [
            entry for entry in system.files.journal[changes:] if entry[1].startswith("/srv/drop")
        ]

    def test_gone_without_a_receipt_is_sent_again(self, system, central, identity, say):
        say()
        deliver(config(DROP), system, identity)
        (path,) = system.files.tree("/srv/drop")
        system.files.remove(path)
        deliver(config(DROP), system, identity)
        assert list(system.files.tree("/srv/drop")) == [path]

    def test_refused_without_a_word_blocks_nothing(self, system, central, identity, say):
        (first,) = say()
        deliver(config(DROP), system, identity)
        central.refuse = "malformed"
        central.ingest(system, "/srv/drop")
        central.refuse = None
        say()
        for _ in range(3):
            deliver(config(DROP), system, identity)
            for path in system.files.tree(f"/srv/drop/inbox/{identity.key_id}"):
                if path.endswith(first):
                    system.files.remove(path)
            central.ingest(system, "/srv/drop")
        assert spool.waiting(config(), system) == []
        assert spool.refused(config(), system) == [f"{first}.not_acknowledged"]

    def test_garbage_in_place_of_a_receipt(self, system, central, identity, say):
        (name,) = say()
        path = f"/srv/drop/outbox/{identity.key_id}/{name.removesuffix('.dsse')}.receipt"
        for garbage in (b"", b"nonsense", b"x" * 4000):
            system.files.put(path, garbage)
            assert deliver(config(DROP), system, identity).waiting == 1
        system.files.remove(path)
        deliver(config(DROP), system, identity)
        central.ingest(system, "/srv/drop")
        assert deliver(config(DROP), system, identity).waiting == 0

    def test_not_mounted(self, system, central, identity, say):
        say()
        delivery = deliver(config("file:///srv/away"), system, identity)
        assert delivery.waiting == 1
        assert "is it mounted?" in delivery.error

    def test_receipt_that_may_not_be_removed(self, system, central, identity, say):
        say()
        deliver(config(DROP), system, identity)
        central.ingest(system, "/srv/drop")
        (path,) = system.files.tree("/srv/drop/outbox")
        system.files.fail("remove", path)
        assert deliver(config(DROP), system, identity).waiting == 0


class TestSplitting:
    def test_too_much_for_one_statement(self, system, central, identity, say):
        facts = [job(name=f"set{number}") for number in range(3000)]
        names = say(*facts, failures=[FAILURE])
        assert len(names) > 1
        for path, data in system.files.tree(place(config(), "spool")).items():
            assert len(data) <= MAX_WIRE_BYTES, path
        deliver(config(), system, identity)
        stated = [fact for statement in central.statements for fact in statement.observations]
        assert stated == facts
        assert [f for statement in central.statements for f in statement.failures] == [FAILURE]

    def test_a_fact_of_many_hashes_takes_what_packing_saves(self, system, central, identity, say):
        from guardian_agent.wire.names import Hash, ShortHash
        from guardian_agent.wire.observations import Draw, DrawResult, Outcome, RestoreTest

        draw = Draw(
            index=0,
            path_hash=ShortHash("0" * 32),
            size=0,
            modified_ns=0,
            content=None,
            result=DrawResult.NOT_HASHED,
        )
        test = RestoreTest(
            backup_set=Name("files"),
            copy=Name("local"),
            test=Slug("sample"),
            outcome=Outcome.PASSED,
            reason=Reason.NONE,
            started_at=START,
            duration_seconds=1.0,
            draws=(draw,),
            proof=tuple(Hash(system.randomness.bytes(32).hex()) for _ in range(4000)),
        )
        (_, name, _) = say(job(), test, job(), job())
        assert system.files.stat(place(config(), "spool", name)).size > MAX_WIRE_BYTES
        deliver(config(), system, identity)
        assert [s.observations for s in central.statements] == [(job(),), (test,), (job(), job())]

    def test_fact_too_large_for_any_statement(self, system, central, identity, say):
        from guardian_agent.wire.observations import RestorePoint, RestorePoints

        point = RestorePoint(id="0" * 32, started_at=START)
        large = RestorePoints(
            backup_set=Name("files"),
            copy=Name("local"),
            tool=Slug("restic"),
            total=9000,
            points=(point,) * 9000,
        )
        say(large, job())
        deliver(config(), system, identity)
        (failure,) = [f for statement in central.statements for f in statement.failures]
        assert failure == ProbeFailure(
            probe=Slug("restore_points"),
            reason=Reason.OUTPUT_LIMIT,
            backup_set=Name("files"),
            copy=Name("local"),
        )
        assert [o for s in central.statements for o in s.observations] == [job()]


class TestCap:
    def size(self, system, say):
        (name,) = say(job())
        return system.files.stat(place(config(), "spool", name)).size

    def test_oldest_good_news_goes_first(self, system, central, identity, say):
        size = self.size(system, say)
        system.network.down()
        small = config(spool_bytes=5 * size)
        say(failures=[FAILURE], where=small)
        say(job(exit_status=1), where=small)
        for _ in range(6):
            say(job(), where=small)
        left = [item.number for item in spool.waiting(small, system)]
        assert left[:2] == [2, 3]
        assert left[-1] == 9
        assert sum(item.size for item in spool.waiting(small, system)) <= 5 * size
        system.network.handler = central.handle
        deliver(small, system, identity)
        assert numbers(central) == left
        assert central.statements[-1].dropped == 9 - len(left)

    def test_bad_news_goes_when_nothing_else_is_left(self, system, central, identity, say):
        size = self.size(system, say)
        small = config(spool_bytes=2 * size)
        for _ in range(5):
            say(job(exit_status=1), where=small)
        assert [item.number for item in spool.waiting(small, system)][-1] == 6
        assert stream.head(small, system, identity).dropped >= 4

    def test_newest_is_kept_whatever_the_cap(self, system, central, identity, say):
        say(where=config(spool_bytes=1))
        say(where=config(spool_bytes=1))
        assert [item.number for item in spool.waiting(config(), system)] == [2]

    @pytest.mark.parametrize("payload", [None, b"[]"])
    def test_damaged_statement_is_treated_as_bad_news(
        self, system, central, identity, say, payload
    ):
        size = self.size(system, say)
        (name,) = say()
        small = config(spool_bytes=2 * size)
        data = b"x" * size if payload is None else seal(identity.key, "type", payload)
        system.files.put(place(config(), "spool", name), data)
        say(where=small)
        say(where=small)
        assert name in [item.name for item in spool.waiting(small, system)]


class TestNumbers:
    """No number is ever given twice, whatever a crash left."""

    def forget(self, system):
        system.files.remove(place(config(), "stream.json"))

    def test_spool_knows_more(self, system, central, identity, say):
        before = system.files.tree(place(config()))
        say(job())
        self.forget(system)
        assert "stream.json" not in before
        say(job())
        deliver(config(), system, identity)
        assert numbers(central) == [1, 2]
        assert central.statements[1].previous == next(iter(central.receipts))

    def test_receipts_know_more(self, system, central, identity, say):
        say(job())
        deliver(config(), system, identity)
        self.forget(system)
        say(job())
        deliver(config(), system, identity)
        assert numbers(central) == [1, 2]
        assert central.statements[1].previous == next(iter(central.receipts))

    def test_damaged_newest_statement_keeps_its_number(self, system, central, identity, say):
        (name,) = say()
        self.forget(system)
        system.files.put(place(config(), "spool", name), b"damaged")
        assert say() == ["0000000001-00000000000000000002.dsse"]

    def test_damaged_stream_file(self, system, central, identity, say):
        say()
        system.files.put(place(config(), "stream.json"), b"{")
        with pytest.raises(StateError, match=r"stream\.json is damaged"):
            say()

    def test_strangers_in_the_spool_are_ignored(self, system, central, identity, say):
        folder = place(config(), "spool")
        system.files.put(f"{folder}/.0000000001-00000000000000000009.dsse.7.part", b"half")
        system.files.put(f"{folder}/README", b"")
        system.files.put(f"{folder}/0000000001-1.dsse", b"")
        say()
        assert deliver(config(), system, identity).waiting == 0
        left = [path.rpartition("/")[2] for path in system.files.tree(folder)]
        assert left == ["0000000001-1.dsse", "README"]

    def test_full_disk_moves_nothing(self, system, central, identity, say):
        path = place(config(), "spool", "0000000001-00000000000000000001.dsse")
        system.files.fail("write", path)
        with pytest.raises(StateError, match="could not be written"):
            say()
        system.files.mend()
        assert say() == ["0000000001-00000000000000000001.dsse"]

    def test_spool_is_written_before_the_number_moves(self, system, identity, say):
        say()
        written = [path for operation, path in system.files.journal if operation == "write"]
        assert [path.rpartition("/")[2] for path in written[-2:]] == [
            "0000000001-00000000000000000001.dsse",
            "stream.json",
        ]

    def test_crash_between_any_two_changes(self, system, central, identity, say):
        """Kill at every change of append and deliver: each number has one payload, none is lost."""

        class Killed(BaseException):
            pass

        class Dying(list):
            left = None

            def append(self, entry):
                if self.left == 0:
                    raise Killed
                self.left -= 1
                super().append(entry)

        journal = system.files.journal = Dying()
        stated = 0
        for moment in range(40):
            journal.left = moment % 20
            try:
                say(job(exit_status=moment))
                stated += 1
                deliver(config(), system, identity)
            except Killed:
                pass
        journal.left = -1
        deliver(config(), system, identity)
        assert numbers(central) == list(range(1, len(central.statements) + 1))
        assert len(central.statements) >= stated
        hashes = list(central.receipts)
        assert [s.previous for s in central.statements] == [NO_HASH, *hashes[:-1]]

from __future__ import annotations

import gzip
import hashlib
import struct
from functools import partial

import pytest
from guardian_agent.probe import AnySubject, verifier
from guardian_agent.probes.mongodump import PROBE
from guardian_agent.wire.observations import (
    CopyEncryption,
    Encryption,
    Observation,
    Outcome,
    PointContents,
    Reason,
    RestorePoints,
)

from tests.agent.fakes import FakeSystem
from tests.agent.probes.recording import Recording
from tests.agent.probes.subjects import fact, machine, subject

END = b"\xff\xff\xff\xff"
NOISE = b"".join(hashlib.sha256(bytes([n])).digest() for n in range(250))
VERIFY = verifier(PROBE)
assert VERIFY is not None


def bson(**values: object) -> bytes:
    """Return a document as the specification has it."""
    body = b""
    for key, value in values.items():
        name = key.encode() + b"\x00"
        if isinstance(value, bool):
            body += b"\x08" + name + bytes([value])
        elif isinstance(value, int):
            body += b"\x12" + name + struct.pack("<q", value)
        else:
            text = str(value).encode() + b"\x00"
            body += b"\x02" + name + struct.pack("<i", len(text)) + text
    return struct.pack("<i", len(body) + 5) + body + b"\x00"


ORDERS = b"".join(bson(number=n, customer=f"Customer {n}") for n in range(40))
HEAD = struct.pack("<I", 0x8199E26D) + bson(
    concurrent_collections=4, version="0.1", server_version="7.0.12", tool_version="100.9.4"
)
LIST = (
    bson(db="shop", collection="orders", metadata="{}", size=40, type="collection")
    + bson(db="shop", collection="late_orders", metadata="{}", type="view")
    + END
)
OPENED = bson(db="shop", collection="orders", EOF=False, CRC=0) + ORDERS + END
CLOSED = bson(db="shop", collection="orders", EOF=True, CRC=-77) + END
ARCHIVE = HEAD + LIST + OPENED + CLOSED


def copy() -> AnySubject:
    return subject(PROBE, paths=(), path="/dumps", pattern="*")


def keeps(data: bytes, name: str = "shop.archive") -> FakeSystem:
    system = machine()
    system.files.put(f"/dumps/{name}", data)
    return system


def look(system: FakeSystem) -> tuple[Observation, ...]:
    return tuple(PROBE.parse(copy(), PROBE.gather(copy(), system), system.clock.now()))


def validity(system: FakeSystem) -> tuple[bool | None, Reason]:
    found = fact(look(system), PointContents)
    return found.valid, found.reason


RECORDED = [
    Recording(probe=PROBE, subject=copy(), machine=partial(keeps, data, name))
    for data, name in (
        (ARCHIVE, "shop.archive"),
        (gzip.compress(ARCHIVE, mtime=0), "shop.gz"),
        (ORDERS, "monday/shop/orders.bson"),
    )
]


class TestArchive:
    @pytest.mark.parametrize("packed", [bytes, gzip.compress])
    def test_with_the_end_of_each_collection_is_valid(self, packed):
        facts = look(keeps(packed(ARCHIVE)))
        assert validity(keeps(packed(ARCHIVE))) == (True, Reason.NONE)
        assert fact(facts, RestorePoints).tool_version == "100.9.4"
        assert fact(facts, CopyEncryption).state is Encryption.PLAINTEXT

    @pytest.mark.parametrize("cut", [*range(0, len(ARCHIVE) - 1, 97), len(ARCHIVE) - 1])
    def test_cut_short_anywhere_is_not(self, cut):
        valid, reason = validity(keeps(ARCHIVE[:cut]))
        assert (valid, reason) == (False, Reason.DAMAGED)

    @pytest.mark.parametrize(
        "archive",
        [
            HEAD + LIST + OPENED,
            HEAD + LIST,
            HEAD + LIST + CLOSED + OPENED,
            ARCHIVE + b"\x01",
            HEAD + b"\x04\x00\x00\x00" + LIST + OPENED + CLOSED,
        ],
    )
    def test_that_makes_no_sense_is_not(self, archive):
        assert validity(keeps(archive)) == (False, Reason.DAMAGED)

    def test_what_is_no_archive_is_not_known(self):
        system = keeps(NOISE)
        assert validity(system) == (None, Reason.UNSUPPORTED)
        assert fact(look(system), CopyEncryption).state is Encryption.UNKNOWN


class TestFolder:
    def server(self, *, oplog: bool = False, orders: bytes = ORDERS) -> FakeSystem:
        system = machine()
        system.files.put("/dumps/monday/shop/orders.bson", orders)
        system.files.put("/dumps/monday/shop/orders.metadata.json", b"{}")
        system.files.make_directory("/dumps/notes")
        if oplog:
            system.files.put("/dumps/monday/oplog.bson", ORDERS)
        return system

    def test_does_not_tell_where_it_ends(self):
        facts = look(self.server())
        assert validity(self.server()) == (None, Reason.UNSUPPORTED)
        (point,) = fact(facts, RestorePoints).points
        assert point.bytes == len(ORDERS)
        assert fact(facts, CopyEncryption).state is Encryption.PLAINTEXT

    def test_with_its_log_was_written_to_its_end(self):
        assert validity(self.server(oplog=True)) == (True, Reason.NONE)

    def test_of_documents_cut_short(self):
        assert validity(self.server(oplog=True, orders=ORDERS[:-3])) == (False, Reason.DAMAGED)


@pytest.mark.parametrize(
    "archive",
    [
        b"",
        HEAD[:4],
        HEAD[:4] + LIST,
        HEAD.replace(b"concurrent_collections\x00", b"concurrent_collections\x01"),
        HEAD + LIST.replace(b"\x06\x00\x00\x00orders", b"\xff\xff\xff\x7forders"),
    ],
)
def test_heads_that_make_no_sense(archive):
    valid, reason = validity(keeps(archive))
    assert valid is False or (valid, reason) == (None, Reason.UNSUPPORTED)


def test_a_dump_in_one_folder_alone():
    assert validity(keeps(ORDERS, "monday/orders.bson.gz")) == (None, Reason.UNSUPPORTED)


def test_verifying_reads_every_dump():
    system = keeps(ARCHIVE)
    assert VERIFY(copy(), system).outcome is Outcome.PASSED
    system.files.put("/dumps/old.archive", ARCHIVE[:-40])
    assert VERIFY(copy(), system).outcome is Outcome.FAILED

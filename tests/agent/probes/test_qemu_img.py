from __future__ import annotations

import json

import pytest
from guardian_agent.probe import AnySubject, verifier
from guardian_agent.probes.qemu_img import PROBE
from guardian_agent.wire.observations import (
    Observation,
    Outcome,
    PointContents,
    Reason,
    RestorePoints,
)

from tests.agent.fakes import FakeSystem
from tests.agent.probes.recording import Recording
from tests.agent.probes.subjects import fact, machine, recorded, refused, subject

FOLDER = "qemu_img-7.2"
HEAD, BACKED = recorded(FOLDER, "head.qcow2"), recorded(FOLDER, "backed-head.qcow2")
VERIFY = verifier(PROBE)
assert VERIFY is not None


def copy() -> AnySubject:
    return subject(PROBE, paths=(), path="/images")


def server(image: bytes = HEAD, **how: object) -> FakeSystem:
    system = machine()
    system.files.put("/images/shop.qcow2", image)
    system.processes.answer("qemu-img", "--version", stdout=recorded(FOLDER, "version.txt"))
    known = {"stdout": recorded(FOLDER, "check.json"), **how}
    system.processes.answer("qemu-img", "check", **known)  # type: ignore[arg-type]
    return system


def look(system: FakeSystem) -> tuple[Observation, ...]:
    return tuple(PROBE.parse(copy(), PROBE.gather(copy(), system), system.clock.now()))


def validity(system: FakeSystem) -> tuple[bool | None, Reason]:
    found = fact(look(system), PointContents)
    return found.valid, found.reason


RECORDED = [Recording(probe=PROBE, subject=copy(), machine=server)]


def test_an_image_without_fault_is_not_known_to_be_whole():
    facts = look(server())
    stated = fact(facts, RestorePoints)
    assert (stated.total, stated.tool_version) == (1, "7.2.22")
    assert validity(server()) == (None, Reason.UNSUPPORTED)
    assert validity(server(status=3)) == (None, Reason.UNSUPPORTED)


@pytest.mark.parametrize(
    ("status", "valid", "reason"),
    [(2, False, Reason.DAMAGED), (63, None, Reason.UNSUPPORTED), (1, None, Reason.EXIT_STATUS)],
)
def test_what_a_check_says(status, valid, reason):
    assert validity(server(status=status)) == (valid, reason)


def test_no_file_is_opened_by_the_name_that_an_image_gives():
    system = server()
    look(system)
    told = system.processes.calls[-1].arguments[-1]
    assert json.loads(told.removeprefix("json:"))["backing"] is None


def test_an_image_that_builds_upon_another():
    assert validity(server(BACKED)) == (False, Reason.INCOMPLETE)
    system = server(BACKED)
    system.files.put("/images/base.qcow2", HEAD)
    assert validity(system) == (None, Reason.UNSUPPORTED)


def test_an_image_that_builds_upon_itself():
    system = server(BACKED)
    system.files.put("/images/base.qcow2", BACKED)
    assert validity(system) == (None, Reason.UNSUPPORTED)


@pytest.mark.parametrize(
    ("image", "valid", "reason"),
    [
        (HEAD[:79] + b"\x02" + HEAD[80:], False, Reason.DAMAGED),
        (HEAD[:79] + b"\x04" + HEAD[80:], None, Reason.UNSUPPORTED),
        (BACKED[:16] + b"\x00\x00\xff\xff" + BACKED[20:], False, Reason.DAMAGED),
        (BACKED.replace(b"base.qcow2", b"nbd:host:1"), None, Reason.UNSUPPORTED),
        (b"KDMV" + bytes(600), None, Reason.UNSUPPORTED),
        (b"", None, Reason.UNSUPPORTED),
    ],
)
def test_heads(image, valid, reason):
    assert validity(server(image)) == (valid, reason)


def test_verifying_finds_the_broken_and_proves_nothing_else():
    assert VERIFY(copy(), server(status=2)).outcome is Outcome.FAILED
    with refused(Reason.UNSUPPORTED):
        VERIFY(copy(), server())

from __future__ import annotations

import json
import sys

import pytest
from guardian_agent.errors import ProbeError
from guardian_agent.probe import Fetched, Form
from guardian_agent.restore.engine import Loaded, Value
from guardian_agent.restore.engines.sqlite import ENGINE
from guardian_agent.restore.room import Room
from guardian_agent.system import Completed
from guardian_agent.wire.observations import Reason

from tests.agent.fakes import Call, FakeSystem
from tests.agent.probes.subjects import machine, refused
from tests.agent.probes.test_sqlite_copy import PYTHON, database

WHOLE = {
    "reason": "none",
    "version": "3.40.1",
    "tables": 2,
    "rows": 10,
    "bytes": 8192,
    "notices": 1,
    "canary": b"canary".hex(),
    "values": [{"reason": "none", "text": "17"}, {"reason": "timeout"}],
}


class Here:
    """A room on a machine in memory; the process that reads a database answers as planted."""

    def __init__(self, answer: object = WHOLE) -> None:
        self.system: FakeSystem = machine()
        self.calls: list[Call] = []
        self.said = json.dumps(answer).encode()
        self.closed = False
        self.system.processes.install("chown", "chmod")
        self.system.processes.answer("chown")
        self.system.processes.answer("chmod")
        self.system.processes.answer_with(self.read, PYTHON, "-I")
        self.system.files.put("/room/back/database", database())
        self.system.files.make_directory("/room/workshop")

    def read(self, call: Call) -> Completed:
        self.calls.append(call)
        if self.closed and len(self.calls) == 1:
            raise ProbeError(Reason.PERMISSION_DENIED, f"{sys.executable}: not ours")
        return Completed(status=0, stdout=self.said, stderr=b"", seconds=1.0)

    def load(self, *, own: bool = True, form: Form = Form.FILE) -> Loaded:
        room = Room(
            folder="/room/back",
            workshop="/room/workshop",
            limit=10**9,
            system=self.system,
            servant=self.system,
        )
        fetched = Fetched(path="/room/back/database", form=form, own=own)
        return ENGINE.load(fetched, room, None, ("a", "b"), lambda _text, _share: None)

    def request(self) -> dict[str, object]:
        return dict(json.loads(self.calls[-1].arguments[-1]))


def test_what_the_reading_process_found_is_told():
    here = Here()
    loaded = here.load()
    assert loaded.values == (Value(number=17.0), Value(reason=Reason.TIMEOUT))
    assert (loaded.contents.tables, loaded.contents.rows, loaded.contents.notices) == (2, 10, 1)
    assert loaded.canary == b"canary"
    assert loaded.seconds > 0


def test_what_is_ours_is_given_to_the_servant_with_its_log():
    here = Here()
    here.system.files.put("/room/back/database-wal", b"log")
    here.load()
    assert here.request()["path"] == "/room/workshop/sqlite/database"
    assert here.request()["own"] is True
    kept = here.system.files.tree("/room/workshop/sqlite")
    assert kept["/room/workshop/sqlite/database-wal"] == b"log"
    assert json.loads(kept["/room/workshop/sqlite/questions"]) == ["a", "b"]


def test_what_is_not_ours_stays_where_it_lies():
    here = Here()
    here.load(own=False)
    assert here.request()["path"] == "/room/back/database"
    assert here.request()["own"] is False


def test_an_interpreter_that_the_servant_may_not_run_is_run_by_us():
    here = Here()
    here.closed = True
    assert here.load().contents.rows == 10
    assert len(here.calls) == 2


@pytest.mark.parametrize("reason", ["damaged", "unsupported", "quota_exceeded", "timeout"])
def test_a_file_that_is_no_good_is_told(reason):
    with refused(Reason(reason)):
        Here({"reason": reason}).load()


def test_a_file_cut_short_is_never_opened():
    here = Here()
    here.system.files.put("/room/back/database", database()[:-1])
    with refused(Reason.DAMAGED):
        here.load()
    assert here.calls == []


def test_a_database_without_tables_is_nothing():
    with refused(Reason.NOTHING_RESTORED):
        Here({**WHOLE, "tables": 0, "rows": 0}).load()


def test_another_form_is_none_of_its_own():
    with refused(Reason.UNSUPPORTED):
        Here().load(form=Form.PLAIN)

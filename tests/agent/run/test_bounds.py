from __future__ import annotations

import pytest
from guardian_agent.errors import ProbeError
from guardian_agent.run.bounds import bounded
from guardian_agent.system import Confinement
from guardian_agent.wire.observations import Reason

from tests.agent.fakes import FakeSystem


def test_all_commands_together_have_one_deadline():
    system = FakeSystem()
    system.processes.answer("tool", seconds=4)
    within = bounded(system, seconds=10, output_bytes=100)
    for left in (10, 6, 2):
        within.processes.run(["/usr/bin/tool"], seconds=300, output_limit=50)
        assert system.processes.calls[-1].seconds == left
    with pytest.raises(ProbeError) as caught:
        within.processes.run(["/usr/bin/tool"], seconds=300, output_limit=50)
    assert caught.value.reason is Reason.TIMEOUT


def test_a_shorter_wish_is_kept():
    system = FakeSystem()
    system.processes.answer("tool")
    bounded(system, seconds=10, output_bytes=100).processes.run(
        ["/usr/bin/tool"], seconds=3, output_limit=5, directory="/srv", environment={"A": "b"}
    )
    call = system.processes.calls[0]
    assert (call.seconds, call.output_limit, call.directory) == (3, 5, "/srv")
    assert call.environment == {"A": "b"}


def test_output_kept_in_memory_is_limited_and_output_to_a_file_is_the_tools_matter():
    system = FakeSystem()
    system.processes.answer("tool")
    system.files.make_directory("/out")
    within = bounded(system, seconds=10, output_bytes=100)
    within.processes.run(["/usr/bin/tool"], seconds=3, output_limit=500)
    within.processes.run(["/usr/bin/tool"], seconds=3, output_limit=500, output_path="/out/x")
    assert [call.output_limit for call in system.processes.calls] == [100, 500]


def test_confinement_and_feeder_are_handed_on():
    system = FakeSystem()
    system.processes.answer("tool")
    room = Confinement(writable=("/room",), home="/room")
    within = bounded(system, seconds=10, output_bytes=100)
    within.processes.run(
        ["/usr/bin/tool"],
        seconds=3,
        output_limit=5,
        confinement=room,
        feeder=["/usr/bin/tool", "-d"],
    )
    call = system.processes.calls[0]
    assert (call.confinement, call.feeder) == (room, ("/usr/bin/tool", "-d"))


def test_a_server_is_started_only_while_there_is_time():
    system = FakeSystem()
    system.processes.answer("server", seconds=3600)
    room = Confinement(writable=("/room",), home="/room")
    within = bounded(system, seconds=10, output_bytes=100)
    command = ["/usr/bin/server", "-D", "data"]
    with within.processes.background(
        command, log_path="/log", environment={"A": "b"}, directory="/", confinement=room
    ) as server:
        assert server.alive()
    (call,) = system.processes.servers
    assert (call.environment, call.directory, call.confinement) == ({"A": "b"}, "/", room)
    system.clock.advance(seconds=10)
    with (
        pytest.raises(ProbeError) as caught,
        within.processes.background(command, log_path="/log"),
    ):
        pytest.fail("it started")
    assert caught.value.reason is Reason.TIMEOUT


def test_tools_are_found_and_the_terminal_is_out_of_reach():
    system = FakeSystem()
    system.processes.install("tool")
    within = bounded(system, seconds=10, output_bytes=100)
    assert within.processes.find("tool") == "/usr/bin/tool"
    assert within.files is system.files
    with pytest.raises(ProbeError):
        within.processes.pass_through(["/usr/bin/tool"])

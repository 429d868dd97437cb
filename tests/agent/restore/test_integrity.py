from __future__ import annotations

from dataclasses import replace

import pytest
from guardian_agent.errors import ProbeError
from guardian_agent.probe import WHOLE, AnySubject, Probe, Turn
from guardian_agent.probes.file_drop import PROBE as FILE_DROP
from guardian_agent.probes.restic import PROBE
from guardian_agent.restore.integrity import check_integrity, turn_after
from guardian_agent.system import System
from guardian_agent.wire.observations import Integrity, Outcome, Reason

from tests.agent.probes.subjects import machine, recorded, subject


def restic(share: str = "100%") -> AnySubject:
    return subject(PROBE, repository="/r", password_file="/p", read_data=share)


class TestTurns:
    @pytest.mark.parametrize(
        ("last", "due"),
        [
            (None, (1, 20)),
            ((1, 20), (2, 20)),
            ((19, 20), (20, 20)),
            ((20, 20), (1, 20)),
            ((3, 4), (1, 20)),
            ((0, 0), (1, 20)),
        ],
    )
    def test_come_round_and_begin_anew_with_another_division(self, last, due):
        earlier = None if last is None else Turn(part=last[0], parts=last[1])
        found = turn_after(PROBE, restic("5%"), earlier)
        assert (found.part, found.parts) == due

    def test_read_all_at_once_where_nothing_is_divided(self):
        assert turn_after(PROBE, restic(), None) == turn_after(PROBE, restic(), WHOLE) == WHOLE
        assert turn_after(replace(PROBE, parts=None), restic("5%"), None) == WHOLE

    def test_together_read_everything(self):
        asked, turn, read = restic("30%"), None, set()
        for _ in range(4):
            turn = turn_after(PROBE, asked, turn)
            read.add(turn.part)
        assert read == {1, 2, 3, 4}


class TestChecking:
    @pytest.mark.parametrize(
        ("reason", "outcome"),
        [
            (Reason.DAMAGED, Outcome.FAILED),
            (Reason.LOCKED, Outcome.NOT_PERFORMED),
            (Reason.TIMEOUT, Outcome.NOT_PERFORMED),
            (Reason.TOOL_MISSING, Outcome.NOT_PERFORMED),
            (Reason.WRONG_PASSWORD, Outcome.NOT_PERFORMED),
            (Reason.EXIT_STATUS, Outcome.NOT_PERFORMED),
        ],
    )
    def test_only_damage_is_a_failure(self, reason, outcome):
        def verify(_subject: AnySubject, _system: System, _turn: Turn) -> Integrity:
            raise ProbeError(reason, "text that stays here")

        probe: Probe[object] = replace(PROBE, restorer=None, verify=verify)
        turn = Turn(part=2, parts=20)
        found = check_integrity(probe, restic(), machine(), turn)
        assert found is not None
        assert (found.outcome, found.reason, found.data_read) == (outcome, reason, 0.0)
        assert (found.part, found.parts) == (2, 20)

    def test_there_may_be_nothing_to_check_with(self):
        probe = replace(PROBE, restorer=None, verify=None)
        assert check_integrity(probe, restic(), machine()) is None

    def test_damage_in_a_part_that_was_not_read_is_no_failure_and_no_whole(self):
        """What a turn did not read it cannot know: it says how little it read."""
        system = machine()
        text = recorded("restic-0.14", "check-corrupt.stderr")
        system.processes.answer("restic", "check")
        system.processes.answer("restic", "check", "--read-data-subset=3/20", status=1, stderr=text)
        system.processes.answer("restic", "list", "locks")
        asked, turn, found = restic("5%"), None, []
        for _ in range(20):
            turn = turn_after(PROBE, asked, turn)
            found.append(check_integrity(PROBE, asked, system, turn))
        failed = [each.part for each in found if each and each.outcome is Outcome.FAILED]
        assert failed == [3]
        assert {each.data_read for each in found if each} == {0.05}

    def test_is_the_restorers_own_or_the_probes(self):
        system = machine()
        system.files.make_directory("/drop")
        asked = subject(FILE_DROP, path="/drop", pattern="*")
        found = check_integrity(FILE_DROP, asked, system)
        assert found is not None
        assert found.reason is Reason.NO_RESTORE_POINT

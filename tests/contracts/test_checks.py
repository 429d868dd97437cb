"""What every check must do, tested once over all that are there."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from datetime import timedelta

import pytest
from guardian_agent.wire.decode import build
from hypothesis import given
from hypothesis import strategies as st

import guardian.checks
from guardian.checks import load
from guardian.domain.asset import Severity
from guardian.domain.check import AnyCheck, Case
from guardian.domain.evidence import ServerEvidence
from guardian.domain.verdict import Status, Verdict
from tests.central.domain.making import (
    ASSETS,
    CLIENT,
    DAY,
    PLAN,
    SERVER,
    T0,
    healthy,
    told,
    unspoken,
)

CHECKS = load()
ABOUT_THE_STATEMENT_ITSELF = {"agent.clock", "agent.key", "agent.reporting"}
every_check = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.control)


def ask(check: AnyCheck, evidence: ServerEvidence, after: timedelta = timedelta(0)) -> Verdict:
    case = Case(asset=ASSETS[check.applies_to], plan=PLAN, evidence=evidence)
    return check.judge(case, check.settings(), T0 + after)


def test_controls_are_unique_and_in_order() -> None:
    controls = [check.control for check in CHECKS]
    assert controls == sorted(set(controls))


def test_every_module_of_the_folder_is_the_check_that_it_is_named_after() -> None:
    modules = {found.name for found in pkgutil.iter_modules(guardian.checks.__path__)}
    assert modules == {check.control.replace(".", "_") for check in CHECKS}
    for name in modules:
        module = importlib.import_module(f"guardian.checks.{name}")
        assert module.CHECK in CHECKS


@every_check
def test_settings_are_frozen_and_all_have_defaults(check: AnyCheck) -> None:
    settings = check.settings()
    assert dataclasses.is_dataclass(settings)
    assert check.settings.__dataclass_params__.frozen
    assert check.settings.__doc__


@every_check
def test_settings_are_read_from_configuration(check: AnyCheck) -> None:
    assert build(check.settings, {}) == check.settings()
    for field in dataclasses.fields(check.settings):
        if isinstance(getattr(check.settings(), field.name), timedelta):
            changed = build(check.settings, {field.name: "99d"})
            assert getattr(changed, field.name) == timedelta(days=99)


@every_check
def test_people_are_told_what_why_and_what_to_do(check: AnyCheck) -> None:
    for text in (check.title, check.why, check.remedy):
        assert text
        assert text.isprintable()
    assert not check.title.endswith(".")
    assert check.why.endswith(".")
    assert check.remedy[-1] in ".?"
    assert isinstance(check.severity, Severity)


@every_check
@given(wait=st.timedeltas(timedelta(0), 1000 * DAY))
def test_without_a_statement_nothing_ever_passes(check: AnyCheck, wait: timedelta) -> None:
    nobody = ServerEvidence(client=CLIENT, server=SERVER)
    for evidence in (nobody, unspoken()):
        verdict = ask(check, evidence, wait)
        assert verdict.status is Status.UNKNOWN
        assert verdict.reason.isprintable()


@every_check
def test_an_empty_statement_passes_only_what_is_about_the_statement(check: AnyCheck) -> None:
    expected = check.control in ABOUT_THE_STATEMENT_ITSELF
    assert (ask(check, told()).status is Status.PASS) is expected


@every_check
def test_an_empty_statement_makes_nothing_worse_look_better(check: AnyCheck) -> None:
    silent = healthy(T0 - 400 * DAY)
    verdict = ask(check, told(after=silent))
    if check.control not in ABOUT_THE_STATEMENT_ITSELF:
        assert verdict.status is not Status.PASS


@every_check
def test_the_healthy_case_passes(check: AnyCheck) -> None:
    assert ask(check, healthy()).status is Status.PASS


@every_check
def test_a_pass_holds_exactly_until_it_says_and_not_a_moment_longer(check: AnyCheck) -> None:
    verdict = ask(check, healthy())
    if verdict.holds_until is None:
        assert ask(check, healthy(), 9999 * DAY).status is Status.PASS
        return
    holds = verdict.holds_until - T0
    assert ask(check, healthy(), holds).status is Status.PASS
    after = ask(check, healthy(), holds + timedelta(microseconds=1))
    assert after.status is not Status.PASS
    assert after.since == verdict.holds_until

"""What every standard must do, tested once over all that are there."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

import guardian.domain.standards
from guardian.checks import load as load_checks
from guardian.domain.requirement.above_disk import above_the_disk
from guardian.domain.requirement.insurance import QUESTIONS
from guardian.domain.requirement.kinds import Requirement
from guardian.domain.standards import load

STANDARDS = load()
CHECKS = {check.control: check for check in load_checks()}
"""Controls that the interface names, and that may not be there yet."""
CLAIMS = re.compile(r"compli|conform|certif(?!ied means)|satisf|fulfil", re.ASCII | re.IGNORECASE)
every_standard = pytest.mark.parametrize("standard", STANDARDS, ids=lambda each: each.name)
REQUIREMENTS = [
    *((standard.name, asked) for standard in STANDARDS for asked in standard.requirements),
    *(("insurance", each.requirement) for each in QUESTIONS),
]
every_requirement = pytest.mark.parametrize(
    "asked",
    [asked for _, asked in REQUIREMENTS],
    ids=[f"{name} {asked.id}" for name, asked in REQUIREMENTS],
)


def test_every_module_of_the_folder_is_the_standard_that_it_is_named_after() -> None:
    found = list(pkgutil.iter_modules(guardian.domain.standards.__path__))
    assert len(found) == len(STANDARDS)
    for each in found:
        module = importlib.import_module(f"guardian.domain.standards.{each.name}")
        name = module.STANDARD.name.replace("-", "_")
        assert each.name in {name, f"ru_{name}"}


def test_names_are_told_once_and_in_order() -> None:
    names = [standard.name for standard in STANDARDS]
    assert names == sorted(set(names))


@every_standard
def test_it_says_what_it_is_and_for_whom_and_where_its_text_stands(standard) -> None:
    for text in (standard.title, standard.applies, standard.source):
        assert text
        assert text.isprintable()
    assert standard.applies.endswith(".")
    assert standard.requirements


@every_standard
def test_ids_stand_once(standard) -> None:
    ids = [asked.id for asked in standard.requirements]
    assert len(ids) == len(set(ids))


@every_requirement
def test_a_requirement_is_told_in_few_words_of_our_own(asked: Requirement) -> None:
    assert asked.id.isprintable()
    assert asked.title.isprintable()
    assert 0 < len(asked.title) <= 100
    assert not CLAIMS.search(asked.title)


@every_requirement
def test_its_controls_are_there_or_to_come(asked: Requirement) -> None:
    assert set(asked.controls) <= CHECKS.keys()
    assert asked.controls or asked.rule is None


@every_requirement
def test_its_limits_are_about_its_controls(asked: Requirement) -> None:
    for limit in asked.limits:
        assert limit.control in asked.controls
        assert hasattr(CHECKS[limit.control].settings(), limit.key)
        assert (limit.at_most is None) is not (limit.at_least is None)


def test_what_depends_on_scope_says_so() -> None:
    (nis2,) = (standard for standard in STANDARDS if standard.name == "nis2-msp")
    assert "if in scope" in nis2.title
    assert nis2.applies.startswith("If in scope")
    assert all(asked.title.startswith("If in scope") for asked in nis2.requirements)


def test_a_disks_own_encryption_is_judged_apart_where_a_standard_asks_for_it() -> None:
    asked = dict(REQUIREMENTS_OF["pci"])
    assert asked["3.5.1"].rule is above_the_disk
    assert asked["3.5.1.2"].rule is above_the_disk


def test_only_certified_means_count_where_a_state_asks_for_them() -> None:
    asked = dict(REQUIREMENTS_OF["152fz"])
    assert asked["ФСБ 378"].rule is not None
    assert asked["ЗИС.3"].rule is not None


REQUIREMENTS_OF = {
    standard.name: [(asked.id, asked) for asked in standard.requirements] for standard in STANDARDS
}

"""Attacks on a real store with versions and Object Lock: each is found at the next look."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from guardian.domain.verdict import Status
from tests.central.witness.attacks import ATTACKS, Attack, page
from tests.central.witness.scene import CONTROLS, Scene
from tests.world.seaweedfs import Store

pytestmark = pytest.mark.tools

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "witness-attacks.md"
WANTED = 40
LOCKED = ("COMPLIANCE", "GOVERNANCE")


@pytest.fixture(scope="module")
def admin(real_store):
    return real_store.admin()


def prepared(store: Store, admin: Any, attack: Attack) -> Scene:
    """Return a repository with three restore points, which both sides have seen alike."""
    scene = Scene(store, admin, attack.mode, dict(attack.agreed))
    scene.init()
    for _ in range(3):
        scene.backup()
    scene.look()
    scene.tell()
    return scene


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.what)
def test_an_attack_is_found_at_the_next_look(real_store, admin, attack):
    scene = prepared(real_store, admin, attack)
    healthy = scene.verdicts()
    for control in CONTROLS if attack.mode in LOCKED else CONTROLS[:1]:
        assert healthy[control].status is Status.PASS, healthy[control].reason

    attack.script(scene)
    if not attack.tells:
        scene.tell()
    scene.look()

    red = scene.red()
    assert attack.says in red.get(attack.control, ""), scene.verdicts()


def test_there_are_enough_of_them_and_none_twice():
    assert len({attack.what for attack in ATTACKS}) == len(ATTACKS) >= WANTED


def test_the_table_of_attacks_is_the_one_in_the_documentation():
    if os.environ.get("GUARDIAN_UPDATE_DOCS"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page()

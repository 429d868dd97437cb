"""What agents state of who else can read has words at central: a new word needs them there."""

from __future__ import annotations

from guardian_agent.exposure.doors import lock, who
from guardian_agent.exposure.personal.kinds import EMAIL, IBAN, KINDS, PHONE
from guardian_agent.exposure.reach.secrets import _RULES

from guardian.domain import personal_words, reach_words, readers


def test_kinds_of_personal_data() -> None:
    assert {kind.name for kind in KINDS} | {EMAIL, IBAN, PHONE} <= set(personal_words.KINDS)


def test_kinds_of_secrets() -> None:
    assert {rule.kind for rule in _RULES} <= set(reach_words.WAYS)


def test_doors_holders_and_fetchers() -> None:
    assert {lock.EMPTY, lock.WELL_KNOWN, lock.BESIDE} <= set(readers.DOORS)
    assert {who.ON_SERVER, who.BESIDE_DATA} <= set(readers.HELD)
    assert {who.LOCAL_USERS, who.OWNER} <= set(readers.FETCHED)

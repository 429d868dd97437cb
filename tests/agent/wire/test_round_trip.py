"""Facts kept outside a union, and numbers below zero, survive encoding and strict decoding."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from guardian_agent.errors import DecodeError
from guardian_agent.wire.decode import Signed, build, read_json
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.names import Name
from guardian_agent.wire.observations import CanaryPlanted, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    fact: CanaryPlanted
    size: int | None
    skew: Signed = 0.0


FACT = CanaryPlanted(backup_set=Name("files"), outcome=Outcome.PASSED)


@pytest.mark.parametrize("skew", [-3.5, 0.0, 12.25])
def test_a_kept_fact_comes_back_as_it_was(skew):
    kept = Kept(fact=FACT, size=None, skew=skew)
    assert build(Kept, read_json(to_json(kept))) == kept


def test_only_what_may_be_none_may_be_missing():
    with pytest.raises(DecodeError, match="'fact' is missing"):
        build(Kept, {"size": 3})


@pytest.mark.parametrize("kind", ["job_run", None, 3])
def test_a_fact_with_a_foreign_tag_is_refused(kind):
    body = {"kind": kind, "backup_set": "files", "outcome": "passed"}
    with pytest.raises(DecodeError, match="unknown key 'kind'"):
        build(Kept, {"fact": body})


@pytest.mark.parametrize("skew", [True, "1", 2**63, -(2**63), float("nan")])
def test_a_wild_signed_number_is_refused(skew):
    with pytest.raises(DecodeError, match="expected a number"):
        build(Kept, {"fact": {"backup_set": "files", "outcome": "passed"}, "skew": skew})

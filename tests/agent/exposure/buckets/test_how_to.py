"""What the page on buckets says, and the policies beside it, is what the agent does."""

from __future__ import annotations

import json
import re
from pathlib import Path

from guardian_agent.config import parse_config
from guardian_agent.exposure.buckets import calls
from guardian_agent.exposure.buckets.policy import parse_policy, tls_only
from guardian_agent.wire.facts.exposures import Standing

from tests.agent.exposure.buckets.test_store_profiles import COMMON, PERMISSIONS

ROOT = Path(__file__).parents[4]
PAGE = (ROOT / "docs" / "how-to" / "buckets.md").read_text()
ASKED = {each.permission for each in vars(calls).values() if isinstance(each, calls.Call)}


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def allowed(name):
    document = json.loads((ROOT / "deploy" / "s3" / f"{name}.json").read_text())
    listed = [part["Action"] for part in document["Statement"]]
    actions = [each for part in listed for each in ([part] if isinstance(part, str) else part)]
    return {each.replace(":", ".").lower() for each in actions}


def test_the_configuration_can_be_used():
    (text,) = blocks("toml")
    assert [each.name for each in parse_config(text).buckets] == ["dumps", "archive"]


def test_the_policy_refuses_what_travels_in_clear():
    (text,) = blocks("json")
    assert tls_only(parse_policy(text), "acme-dumps").standing is Standing.SAFE


def test_the_policies_shipped_allow_what_is_asked_and_no_more():
    assert allowed("sampling") == ASKED
    assert allowed("posture") == ASKED - {"s3.getobject"}


def test_every_setting_stands_beside_its_permission():
    rows = re.findall(r"^\| (.*s3:.*|none: .*) \| (.*) \|$", PAGE, re.MULTILINE)
    told = {
        setting: permissions.replace(":", ".").lower()
        for permissions, settings in rows
        for setting in re.findall(r"`([a-z-]+)`", settings)
    }
    assert set(told) == set(COMMON)
    assert all(f"`{each}`" in told[setting] for setting, each in PERMISSIONS.items())

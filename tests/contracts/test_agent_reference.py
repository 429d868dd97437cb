"""The agent's reference page says what the agent says; GUARDIAN_UPDATE_DOCS=1 writes it anew."""

from __future__ import annotations

import inspect
import os
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from guardian_agent import config, probes
from guardian_agent.cli._main import commands
from guardian_agent.restore import kinds

from tests.agent.reference import facts
from tests.agent.reference.configuration import tables
from tests.agent.reference.page import page
from tests.agent.reference.probes import tried_with

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "agent.md"


def lines():
    return PAGE.read_text(encoding="utf-8").splitlines()


def test_the_page_is_current():
    if os.environ.get("GUARDIAN_UPDATE_DOCS"):
        PAGE.write_text(page(), encoding="utf-8")

    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("name", commands())
def test_every_command_stands_in_it(name):
    assert f"### guardian-agent {name}" in lines()


@pytest.mark.parametrize("name", probes.names())
def test_every_probe_stands_in_it_with_its_settings_and_versions(name):
    start = lines().index(f'### `tool = "{name}"`')
    said = "\n".join(lines()[start:]).partition("\n##")[0]

    assert all(f"| `{field.name}` |" in said for field in fields(probes.load()[name].settings))
    assert all(version in said for version in tried_with(name))


@pytest.mark.parametrize("name", kinds.names())
def test_every_kind_of_restore_test_stands_in_it_with_its_settings(name):
    start = lines().index(f'### `kind = "{name}"`')
    said = "\n".join(lines()[start:]).partition("\n##")[0]

    assert all(f"| `{field.name}` |" in said for field in fields(kinds.find(name).settings))


def test_every_table_of_the_configuration_stands_in_it():
    own = {
        each
        for _, each in inspect.getmembers(config, is_dataclass)
        if each.__module__ == config.__name__
    }

    assert {kind for _, kind in tables()} == own - {config.AgentConfig}
    assert all(f"### `{heading}`" in lines() for heading, _ in tables())


def test_every_kind_of_fact_stands_in_it():
    assert all(f'#### `kind = "{kind.KIND}"`' in lines() for kind in facts.kinds())


def test_every_link_in_it_leads_somewhere():
    text = PAGE.read_text(encoding="utf-8")
    headings = [line.lstrip("# ").lower() for line in lines() if line.startswith("#")]
    targets = {part.partition(")")[0] for part in text.split("](#")[1:]}

    assert targets <= {heading.replace(" ", "-") for heading in headings}

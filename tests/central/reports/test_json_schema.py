"""The JSON form is what its published schema says, and the schema says no less than is there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from guardian import months as facts
from guardian.reports.json import FORMAT
from tests.central.reports import months
from tests.central.reports.hostile import HOSTILE
from tests.central.reports.test_hostile import told

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "report.schema.json"
SCHEMA = json.loads(PAGE.read_text(encoding="utf-8"))
TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
KNOWN = {
    "$schema", "title", "description", "type", "properties", "required", "additionalProperties",
    "items", "enum", "const", "pattern", "minimum", "maximum",
}  # fmt: skip


def faults(schema: dict[str, Any], value: Any, path: str = "$") -> list[str]:
    """Return what is not as the schema says; it uses few words, and no other may be in it."""
    assert schema.keys() <= KNOWN, path
    found = [f"{path}: {word}" for word, holds in rules(schema, value) if not holds]
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        found += [
            f"{path}.{name}: missing" for name in schema.get("required", ()) if name not in value
        ]
        found += [f"{path}.{name}: not known" for name in value if name not in properties]
        for name, inner in value.items():
            found += faults(properties.get(name, {}), inner, f"{path}.{name}")
    if isinstance(value, list):
        for place, inner in enumerate(value):
            found += faults(schema["items"], inner, f"{path}[{place}]")
    return found


def rules(schema: dict[str, Any], value: Any):
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    allowed = tuple(kind for name in kinds for kind in TYPES[name])
    if allowed:
        is_number = isinstance(value, bool) and bool not in allowed
        yield "type", isinstance(value, allowed) and not is_number
    yield "enum", value in schema.get("enum", [value])
    yield "const", value == schema.get("const", value)
    if isinstance(value, str):
        yield "pattern", re.fullmatch(schema.get("pattern", ".*"), value, re.DOTALL) is not None
    if isinstance(value, int | float):
        yield "minimum", value >= schema.get("minimum", value)
        yield "maximum", value <= schema.get("maximum", value)


@pytest.mark.parametrize(
    "month", [months.troubled(), months.month([]), told(HOSTILE)], ids=["full", "empty", "hostile"]
)
def test_a_report_is_what_the_schema_says(month):
    assert faults(SCHEMA, json.loads(FORMAT.render(month))) == []


def test_the_schema_names_every_column():
    for table in facts.tables(months.troubled()):
        rows = SCHEMA["properties"][table.name]["items"]
        assert tuple(rows["properties"]) == tuple(rows["required"]) == table.columns


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("month", "November"),
        ("is_over", 1),
        ("built_at", "2026-12-02 06:00"),
        ("findings", {}),
        ("findings", [{}]),
        ("schema_version", 2),
        ("more", 1),
    ],
)
def test_the_schema_refuses_what_is_no_report(name, wrong):
    document = json.loads(FORMAT.render(months.month([])))
    assert faults(SCHEMA, {**document, name: wrong}) != []


def test_the_schema_refuses_what_is_left_out():
    document = json.loads(FORMAT.render(months.troubled()))
    for name in document:
        assert faults(SCHEMA, {key: value for key, value in document.items() if key != name})
    document["findings"][0].pop("reason")
    assert faults(SCHEMA, document) == ["$.findings[0].reason: missing"]

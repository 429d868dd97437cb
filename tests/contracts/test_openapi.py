"""The OpenAPI document says what central answers: neither less nor more."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import pytest

from guardian.app.operator import Shown, operator_app
from guardian.errors import Refusal
from guardian.ingest import trust
from guardian.sources.http import agents_app

DOCUMENT = json.loads(
    (Path(__file__).parents[2] / "docs" / "reference" / "openapi.json").read_text("utf-8")
)
SHOWN = Shown(snapshot=lambda: None, results=dict, clients=[], address="")


class NoIngest:
    pass


def routes():
    apps = [agents_app(NoIngest(), lambda: None, print), operator_app(SHOWN)]
    return {
        (route.path, method.lower())
        for app in apps
        for route in app.routes
        for method in route.methods
        if method != "HEAD"
    }


def operations():
    return {
        (path, method): operation
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
    }


def refusals():
    found = [cls for _, cls in inspect.getmembers(trust, inspect.isclass)]
    return [cls for cls in found if issubclass(cls, Refusal) and "reason" in vars(cls)]


def test_every_route_is_described_and_nothing_else():
    assert set(operations()) == routes()


@pytest.mark.parametrize("refusal", refusals(), ids=lambda cls: cls.__name__)
def test_every_refusal_is_described_with_its_status(refusal):
    if refusal is Refusal:
        return
    assert (
        refusal.reason
        in DOCUMENT["components"]["schemas"]["Refusal"]["properties"]["reason"]["enum"]
    )
    assert str(int(refusal.status)) in operations()["/v1/statements", "post"]["responses"]


def test_every_reference_leads_somewhere():
    text = json.dumps(DOCUMENT)
    named = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named == set(DOCUMENT["components"]["schemas"])

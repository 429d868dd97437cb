"""The kinds of restore tests: what each proves, its settings, and which copies it fits."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from dataclasses import fields
from textwrap import fill

from guardian_agent import probes
from guardian_agent.restore import kinds
from guardian_agent.restore.kind import AnyKind
from guardian_agent.restore.questions import Expectation
from guardian_agent.wire.duration import format_duration

from tests.agent.reference.fields import prose, settings_table

HEAD = """\
## Kinds of restore tests

A table `[[backup_set.test]]` plans one kind; a set without any gets those that fit it by default.
"""


def section() -> str:
    """Return every kind."""
    return "\n".join([HEAD, *(_kind(kind) for kind in kinds.load())])


def _kind(kind: AnyKind) -> str:
    module = importlib.import_module(f"guardian_agent.restore.kinds.{kind.name}")
    parts = [f'### `kind = "{kind.name}"`', prose(module), fill(_when(kind), 100)]
    if fields(kind.settings):
        parts += [prose(kind.settings), settings_table(kind.settings)]
    parts += [
        f"#### {inner.__name__}\n\nThe tables `[[backup_set.test.{name}]]`. {prose(inner)}\n\n"
        f"{settings_table(inner)}"
        for name, inner in _questions(kind)
    ]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _when(kind: AnyKind) -> str:
    tools = [f"`{name}`" for name, probe in probes.load().items() if kind.fits(probe)]
    fitting = ", ".join(tools) or "none of itself"
    made = "Made by default" if kind.by_default else "Made where it is planned"
    return f"{made}, every {format_duration(kind.every)}. Tools that it fits: {fitting}."


def _questions(kind: AnyKind) -> Iterator[tuple[str, type]]:
    """Yield the tables inside a kind's own settings."""
    for name, hint in inspect.get_annotations(kind.settings, eval_str=True).items():
        for inner in getattr(hint, "__args__", ()):
            if isinstance(inner, type) and issubclass(inner, Expectation):
                yield name, inner

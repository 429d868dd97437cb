"""What the agent's reference says of dataclasses: their fields' forms, defaults and meanings."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Collection, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from guardian_agent.wire.duration import format_duration
from guardian_agent.wire.names import Hash, Name, ShortHash, Slug
from guardian_agent.wire.scalars import Signed

WORDS = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    datetime: "time",
    timedelta: "duration",
    Signed: "number, maybe below zero",
    Name: "name",
    Slug: "word",
    Hash: "SHA-256",
    ShortHash: "id",
}


def settings_table(kind: type, leave_out: Collection[str] = ()) -> str:
    """Return the keys of a configuration table: form, default, meaning where one is told."""
    said, hints = meanings(kind), get_type_hints(kind, include_extras=True)
    rows = [
        (f"`{each.name}`", form(hints[each.name]), _default(each), said.get(each.name, ""))
        for each in fields(kind)
        if each.name not in leave_out
    ]
    return _table(("key", "form", "default", "meaning"), rows)


def facts_table(kind: type) -> str:
    """Return the fields of what is stated: form, meaning where one is told."""
    said, hints = meanings(kind), get_type_hints(kind, include_extras=True)
    rows = [
        (f"`{name}`", form(hints[name]) + _left_out(hints[name]), said.get(name, ""))
        for name in (each.name for each in fields(kind))
    ]
    return _table(("field", "form", "meaning"), rows)


def meanings(kind: type) -> dict[str, str]:
    """Return the docstring that stands below each attribute or member, where there is one."""
    parents = [meanings(parent) for parent in kind.__bases__ if is_dataclass(parent)]
    body = ast.parse(inspect.getsource(kind)).body[0]
    assert isinstance(body, ast.ClassDef)
    own = {
        ast.unparse(_target(named)): " ".join(ast.literal_eval(said.value).split())
        for named, said in zip(body.body, body.body[1:], strict=False)
        if isinstance(named, ast.AnnAssign | ast.Assign) and isinstance(said, ast.Expr)
    }
    return {name: said for one in (*parents, own) for name, said in one.items()}


def prose(what: object) -> str:
    """Return a docstring, which is Markdown too."""
    said = inspect.getdoc(what)
    assert said, f"{what} has no docstring"
    return said


def _target(named: ast.AnnAssign | ast.Assign) -> ast.expr:
    return named.target if isinstance(named, ast.AnnAssign) else named.targets[0]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table; its last column goes where nothing stands in it."""
    width = len(heads) if any(row[-1] for row in rows) else len(heads) - 1
    cut = [each[:width] for each in (heads, ["---"] * len(heads), *rows)]
    return "\n".join(f"| {' | '.join(each)} |" for each in cut) + "\n"


def form(hint: Any) -> str:
    """Return what a value of this type looks like, in words."""
    if get_origin(hint) is Annotated:
        return WORDS[hint]
    if get_origin(hint) is tuple:
        return f"list: {form(get_args(hint)[0])}"
    members = [each for each in get_args(hint) if each is not type(None)]
    if members:
        return form(members[0]) if len(members) == 1 else "[kind of fact](#kinds-of-facts)"
    if is_dataclass(hint) or issubclass(hint, Enum):
        return f"[{hint.__name__}](#{hint.__name__.lower()})"
    return WORDS[hint]


def _left_out(hint: Any) -> str:
    return ", or left out" if type(None) in get_args(hint) else ""


def _default(field: Field[Any]) -> str:
    if field.default is MISSING and field.default_factory is MISSING:
        return "required"
    if isinstance(field.default, timedelta):
        return f'`"{format_duration(field.default)}"`'.replace(" ", "")
    return "none" if field.default in (None, ()) else f"`{json.dumps(field.default)}`"

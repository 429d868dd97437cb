"""docs/reference/configuration.md, made from the schema and the checks."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import MISSING, fields
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

from guardian_agent.wire.names import Name, ShortHash, Slug

from guardian.checks import load
from guardian.config import schema
from guardian.config.words import spelt
from guardian.domain.check import AnyCheck
from guardian.witness import load as load_witnesses

HEAD = """\
# Configuration

`guardian.toml` is central's own; every `clients.d/*.toml` beside it is one client. Unknown keys
are refused, durations are words (`"26h"`, `"90d"`, `"1h30m"`). `guardian config check` says
whether both can be used, `guardian config explain` which line decided what.
"""

POLICIES = """\
## Policies

A table `[policy."CONTROL"]` may stand at the client, the server (`[server.policy."CONTROL"]`) and
the backup set (`[server.backup_set.policy."CONTROL"]`). Each key is decided by the narrowest table
that names it, else by the default. Every table may also say `severity = "critical"`, `"warning"`
or `"info"`. Controls about a server cannot stand at a backup set.
"""

TABLES = (
    ("guardian.toml", None),
    ("[provider]", schema.Provider),
    ("[store]", schema.StoreTable),
    ("[listen]", schema.Listen),
    ("[operator]", schema.Operator),
    ("[central]", schema.Central),
    ("[judging]", schema.Judging),
    ("[witness]", schema.Witnessing),
    ("clients.d/*.toml", None),
    ("[client]", schema.ClientTable),
    ("[[certified_means]]", schema.CertifiedMeansTable),
    ("[[attested]]", schema.AttestedTable),
    ("[[server]]", schema.ServerTable),
    ("[[server.backup_set]]", schema.SetTable),
    ("[server.backup_set.copy.NAME]", schema.CopyTable),
    ("[[holiday]]", schema.HolidayTable),
    ("[[maintenance]]", schema.MaintenanceTable),
    ("[[server.uncovered]]", schema.UncoveredTable),
    ("[[server.exempt]]", schema.ServerExemption),
    ("[[server.backup_set.exempt]]", schema.SetExemption),
)
NESTED = {
    "policy",
    "exempt",
    "backup_set",
    "copy",
    "witness",
    "holiday",
    "maintenance",
    "uncovered",
}
WORDS = {
    str: "text",
    int: "number",
    float: "number",
    bool: "true or false",
    Name: "name",
    Slug: "control",
    ShortHash: "area",
    timedelta: "duration",
    date: "date",
    datetime: "moment",
}


def page() -> str:
    """Return the page."""
    parts = [HEAD]
    for heading, kind in TABLES:
        parts.append(f"## {heading}\n" if kind is None else _table(heading, kind))
    for kind, witness in load_witnesses().items():
        parts.append(
            _table(f'[server.backup_set.copy.NAME.witness] kind = "{kind}"', witness.settings)
        )
    parts.append(POLICIES)
    parts += [_policy(check) for check in load()]
    return "\n".join(parts)


def _table(heading: str, kind: type) -> str:
    lines = [f"### `{heading}`", "", inspect.getdoc(kind) or "", ""]
    lines += ["| key | form | default | meaning |", "|---|---|---|---|"]
    return "\n".join([*lines, *_rows(kind)]) + "\n"


def _policy(check: AnyCheck) -> str:
    defaults = check.settings()
    lines = [f"### `{check.control}`", "", f"{check.title}. {inspect.getdoc(check.settings)}", ""]
    lines += [f"About a {check.applies_to}; severity {check.severity} by default.", ""]
    lines += ["| key | form | default |", "|---|---|---|"]
    hints = get_type_hints(check.settings)
    for field in fields(check.settings):
        default = _said(getattr(defaults, field.name))
        form = _form(hints[field.name]).replace("control", "word")
        lines.append(f"| `{field.name}` | {form} | {default} |")
    return "\n".join(lines) + "\n"


def _rows(kind: type) -> Iterator[str]:
    meanings = _attribute_docstrings(kind)
    hints = get_type_hints(kind)
    for field in fields(kind):
        if field.name in NESTED:
            continue
        required = field.default is MISSING and field.default_factory is MISSING
        default = "required" if required else _said(field.default)
        form = _form(hints[field.name])
        yield f"| `{field.name}` | {form} | {default} | {meanings[field.name]} |"


def _attribute_docstrings(kind: type) -> dict[str, str]:
    body = ast.parse(inspect.getsource(kind)).body[0]
    assert isinstance(body, ast.ClassDef)
    found = {}
    for named, said in zip(body.body, body.body[1:], strict=False):
        if isinstance(named, ast.AnnAssign) and isinstance(said, ast.Expr):
            found[ast.unparse(named.target)] = " ".join(ast.literal_eval(said.value).split())
    return found


def _form(hint: Any) -> str:
    if get_origin(hint) is tuple:
        form = _form(get_args(hint)[0])
        return f"list of {form}" if form.startswith("`") else f"list of {form}s"
    members = [each for each in get_args(hint) if each is not type(None)]
    if members:
        return _form(members[0])
    if isinstance(hint, type) and issubclass(hint, Enum):
        return " or ".join(f'`"{each.value}"`' for each in hint)
    return WORDS[hint]


def _said(value: object) -> str:
    if isinstance(value, timedelta | Enum):
        return f'`"{spelt(value)}"`'
    if isinstance(value, tuple):
        return ", ".join(_said(each) for each in value if isinstance(each, Enum)) or "none"
    return "none" if value is None else f"`{value!r}`".replace("'", '"')

"""Reading `pg_hba.conf`: quotes, comments, continued lines, lists, and other files it includes.

Source: "The pg_hba.conf File" in PostgreSQL's documentation (to version 18). Pure: whoever calls
gives what reads other files. A line that PostgreSQL would refuse is counted: then the server goes
on with an older list, and what the file says is not what holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from guardian_agent.exposure.databases.hba.entries import (
    KINDS,
    LOCAL,
    Entry,
    Network,
    Word,
    named,
    network_of,
)

_WORD = re.compile(r'(?:[^ \t\r\f\v,#"]|"(?:[^"]|"")*+")++')
_QUOTED = re.compile(r'"((?:[^"]|"")*+)"')
_BLANKS = " \t\r\f\v,"
_DEEPEST = 10
"""As deep as PostgreSQL goes into files that include files."""
_MOST_FILES = 500
"""Files that include one another twice are read twice as often at each depth."""
_INCLUDES = ("include", "include_if_exists", "include_dir")
_ENDING = ".conf"
METHODS = frozenset(
    {
        "trust",
        "reject",
        "scram-sha-256",
        "md5",
        "password",
        "gss",
        "sspi",
        "ident",
        "peer",
        "pam",
        "bsd",
        "ldap",
        "radius",
        "cert",
        "oauth",
    }
)

Read = Callable[[str], str | None]
"""Returns a file's text; None where there is none."""
Names = Callable[[str], Sequence[str]]
"""Returns the names in a folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hba:
    """The entries in their order, and how many lines could not be read."""

    entries: tuple[Entry, ...]
    broken: int = 0


def read_hba(path: str, read: Read, names: Names) -> Hba:
    """Read a file and all that it includes."""
    entries: list[Entry] = []
    broken = 0
    for found in _Reader(read, names).file(path, depth=0, needed=True):
        if found is None:
            broken += 1
        else:
            entries.append(found)
    return Hba(entries=tuple(entries), broken=broken)


Field = tuple[Word, ...]


class _Reader:
    def __init__(self, read: Read, names: Names) -> None:
        self._read = read
        self._names = names
        self._left = _MOST_FILES

    def file(self, path: str, depth: int, *, needed: bool) -> Iterator[Entry | None]:
        """Yield the entries of a file, None for each line that PostgreSQL would refuse."""
        self._left -= 1
        text = self._read(path) if depth <= _DEEPEST and self._left > 0 else None
        if text is None:
            yield from [None] if needed else []
            return
        folder = path.rpartition("/")[0]
        for line in _logical(text):
            fields = fields_of(line)
            if fields is None:
                yield None
            elif fields and fields[0][0].text in _INCLUDES and not fields[0][0].quoted:
                yield from self._included(fields, folder, depth)
            elif fields:
                yield self._entry(fields, folder)

    def _included(self, fields: list[Field], folder: str, depth: int) -> Iterator[Entry | None]:
        if len(fields) != len(("include", "path")) or len(fields[1]) != 1:
            yield None
            return
        what, path = fields[0][0].text, _from(folder, fields[1][0].text)
        if what != "include_dir":
            yield from self.file(path, depth + 1, needed=what == "include")
            return
        for name in sorted(self._names(path)):
            if name.endswith(_ENDING) and not name.startswith("."):
                yield from self.file(f"{path}/{name}", depth + 1, needed=True)

    def _entry(self, fields: list[Field], folder: str) -> Entry | None:
        kind = fields[0][0].text
        rest = fields[1:]
        if kind not in KINDS or len(rest) < len(("databases", "users", "method")):
            return None
        databases, users = (self._listed(each, folder) for each in rest[:2])
        if databases is None or users is None:
            return None
        place, rest = ("", rest[2:]) if kind == LOCAL else _place(rest[2:])
        if place is None or not rest or rest[0][0].text not in METHODS:
            return None
        return Entry(
            kind=kind,
            databases=databases,
            users=users,
            method=rest[0][0].text,
            address=place if isinstance(place, str) and place else None,
            network=None if isinstance(place, str) else place,
            options=dict(_option(word.text) for each in rest[1:] for word in each),
        )

    def _listed(self, words: Field, folder: str) -> Field | None:
        """Replace `@file` by the names in that file."""
        found: list[Word] = []
        for word in words:
            if not word.text.startswith("@") or word.quoted or len(word.text) == 1:
                found.append(word)
                continue
            text = self._read(_from(folder, word.text[1:]))
            lines = [] if text is None else [fields_of(line) for line in _logical(text)]
            if text is None or None in lines:
                return None
            named = [each for line in lines if line for field in line for each in field]
            if any(each.text.startswith("@") and not each.quoted for each in named):
                return None  # a list of lists is not followed
            found += named
        return tuple(found)


def fields_of(line: str) -> list[Field] | None:
    """Split a line into fields, each of one or more names; None where a quote is left open."""
    fields: list[list[Word]] = []
    position, joined = _skipped(line, 0), False
    while position < len(line) and line[position] != "#":
        found = _WORD.match(line, position)
        if found is None:
            return None
        text = _QUOTED.sub(_unquoted, found[0])
        word = named(text) if found[0].startswith('"') else Word(text=text)
        if joined:
            fields[-1].append(word)
        else:
            fields.append([word])
        joined = line.startswith(",", found.end())  # right behind it: the list goes on
        position = _skipped(line, found.end())
    return [tuple(field) for field in fields]


def _skipped(line: str, position: int) -> int:
    while position < len(line) and line[position] in _BLANKS:
        position += 1
    return position


def _unquoted(found: re.Match[str]) -> str:
    return found[1].replace('""', '"')


def _logical(text: str) -> Iterator[str]:
    """Yield the lines, those put together that end in a backslash."""
    waiting = ""
    for line in text.split("\n"):
        whole = waiting + line.rstrip("\r")
        waiting = ""
        if whole.endswith("\\"):
            waiting = whole[:-1]
        else:
            yield whole
    yield waiting


def _place(fields: list[Field]) -> tuple[str | Network | None, list[Field]]:
    """Return the address, as one field or with a mask as a second, and what follows it."""
    text = fields[0][0].text if fields else ""
    if "/" in text:
        return network_of(text), fields[1:]
    if network_of(text) is None:
        return text or None, fields[1:]
    mask = fields[1][0].text if len(fields) > 1 else ""
    return network_of(text, mask), fields[2:]


def _option(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def _from(folder: str, path: str) -> str:
    return path if path.startswith("/") else f"{folder}/{path}"

"""Objects of PDF (ISO 32000-1, 7.3) as they are written: comments and strings are no names.

Only what a trailer and an encryption dictionary consist of is read.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from guardian_agent.magic.pdf_password import literal

_GAP = rb"(?>[\0\t\n\f\r ]|%[^\r\n]*+)*+"
"""Blanks and comments."""
_REGULAR = rb"[^\0\t\n\f\r ()<>\[\]{}/%]"
_TOKEN = re.compile(
    _GAP
    + rb"(?:(?P<mark><<|>>|[\[\]])|(?P<literal>\()|<(?P<digits>[0-9A-Fa-f\0\t\n\f\r ]*+)>"
    + rb"|/(?P<name>%b*+)|(?P<word>%b++))" % (_REGULAR, _REGULAR)
)
_REFERENCE = re.compile(rb"(\d{1,9})%b(\d{1,5})%bR(?!%b)" % (_GAP, _GAP, _REGULAR))
_OBJECT = re.compile(rb"%b(\d{1,9})%b(\d{1,5})%bobj(?!%b)" % (_GAP, _GAP, _GAP, _REGULAR))
_HEX_IN_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
_DEEPEST = 12


class BrokenError(Exception):
    """What stands there is no object, or not all of it."""


class Name(NamedTuple):
    """A name, its escapes undone."""

    text: bytes


class Word(NamedTuple):
    """A number or a keyword, as it is written."""

    text: bytes


class Reference(NamedTuple):
    """The number of an object that stands elsewhere."""

    number: int


Value = Name | Word | Reference | bytes | list["Value"] | dict[bytes, "Value"]
"""Strings are bytes; the keys of a dictionary are names without their slash."""


class Reader:
    """Reads one object after the other; `place` is where the next one begins."""

    def __init__(self, text: bytes, place: int = 0) -> None:
        self.text = text
        self.place = place

    def opens(self, number: int | None = None) -> bool:
        """Pass by the head of an object (`7 0 obj`); False where none stands here."""
        found = _OBJECT.match(self.text, self.place)
        if found is None or number not in (None, int(found[1])):
            return False
        self.place = found.end()
        return True

    def passes(self, word: bytes) -> bool:
        """Pass by a keyword; False where another thing stands here."""
        found = _TOKEN.match(self.text, self.place)
        if found is None or found["word"] != word:
            return False
        self.place = found.end()
        return True

    def dictionary(self) -> dict[bytes, Value]:
        """Read a dictionary; raise `BrokenError` for anything else."""
        found = self.value()
        if not isinstance(found, dict):
            raise BrokenError
        return found

    def value(self, depth: int = 0) -> Value:
        """Read an object; raise `BrokenError`."""
        token = self._token()
        match token.lastgroup:
            case "mark":
                return self._container(token["mark"], depth + 1)
            case "literal":
                text, self.place = literal(self.text, self.place)
                return text
            case "digits":
                digits = b"".join(token["digits"].replace(b"\0", b"").split()).decode("ascii")
                return bytes.fromhex(digits + "0" * (len(digits) % 2))
            case "name":
                return Name(_name(token["name"]))
            case _:
                return self._word(token)

    def _token(self) -> re.Match[bytes]:
        found = _TOKEN.match(self.text, self.place)
        if found is None:
            raise BrokenError
        self.place = found.end()
        return found

    def _word(self, token: re.Match[bytes]) -> Value:
        reference = _REFERENCE.match(self.text, token.start("word"))
        if reference is None:
            return Word(token["word"])
        self.place = reference.end()
        return Reference(int(reference[1]))

    def _container(self, mark: bytes, depth: int) -> Value:
        if mark not in (b"<<", b"[") or depth > _DEEPEST:
            raise BrokenError
        return self._pairs(depth) if mark == b"<<" else self._items(depth)

    def _items(self, depth: int) -> list[Value]:
        found: list[Value] = []
        while not self._ends(b"]"):
            found.append(self.value(depth))
        return found

    def _pairs(self, depth: int) -> dict[bytes, Value]:
        """Read a dictionary's entries; of a name that comes twice readers make what they like."""
        found: dict[bytes, Value] = {}
        while not self._ends(b">>"):
            token = self._token()
            if token.lastgroup != "name" or _name(token["name"]) in found:
                raise BrokenError
            found[_name(token["name"])] = self.value(depth)
        return found

    def _ends(self, mark: bytes) -> bool:
        found = _TOKEN.match(self.text, self.place)
        if found is None or found["mark"] != mark:
            return False
        self.place = found.end()
        return True


def number_of(value: Value | None) -> int:
    """Return a whole number; raise `BrokenError` for anything else."""
    if not isinstance(value, Word) or not value.text.isdigit() or len(value.text) > 12:
        raise BrokenError
    return int(value.text)


def written(value: Value) -> bytes:
    """Write an object in one way: no comments, strings as digits, containers last."""
    match value:
        case Name(text=text):
            return b"/" + text
        case Word(text=text):
            return text
        case Reference(number=number):
            return b"%d 0 R" % number
        case bytes():
            return b"<" + value.hex().encode() + b">"
        case list():
            return b"[" + b" ".join(map(written, value)) + b"]"
        case _:
            last = sorted(value.items(), key=lambda pair: isinstance(pair[1], (dict, list)))
            return b"<<" + b" ".join(b"/%b %b" % (key, written(each)) for key, each in last) + b">>"


def _name(text: bytes) -> bytes:
    """Undo the hexadecimal escapes that names may be written with."""
    return _HEX_IN_NAME.sub(lambda found: bytes([int(found[1], 16)]), text)

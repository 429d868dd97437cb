"""Entries of a catalogue, turned round: which sentence of English is this one made from?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from guardian.reports.html.leaves import FORMS

HOLE = re.compile(r"\{(([a-z]+)[0-9]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One sentence of the catalogue: what fits it, and how it is said."""

    source: str
    pattern: re.Pattern[str]
    forms: tuple[str, ...]
    """One, or one for each plural of the language."""


def entry(source: str, forms: tuple[str, ...]) -> Entry:
    """Return the entry of a sentence with holes."""
    return Entry(source=source, pattern=re.compile(_regex(source), re.ASCII), forms=forms)


def by_first_word(entries: Sequence[Entry]) -> Mapping[str, Sequence[Entry]]:
    """Return the entries that may fit a text by its first word; under "" those that fit any.

    What says most itself comes first: an entry that is nearly all holes fits nearly everything.
    """
    ranked = sorted(entries, key=lambda each: -len(HOLE.sub("", each.source)))
    words = {"", *(first_word(each.source) for each in ranked)}
    return {
        word: [
            each
            for each in ranked
            if first_word(each.source) == word or "{" in first_word(each.source)
        ]
        for word in words
    }


def first_word(text: str) -> str:
    """Return what stands before the first space."""
    return text.partition(" ")[0]


def filled(form: str, values: Mapping[str, object]) -> str:
    """Put values into the holes; a value's own braces are text."""
    return HOLE.sub(lambda hole: str(values.get(hole[1], hole[0])), form)


def plain(text: str) -> str:
    """Take the marks of code away, as the report does."""
    return text.replace("`", "")


def _regex(source: str) -> str:
    parts, end = [], 0
    for hole in HOLE.finditer(source):
        parts += [re.escape(source[end : hole.start()]), f"(?P<{hole[1]}>{FORMS[hole[2]]})"]
        end = hole.end()
    return "".join(parts) + re.escape(source[end:])

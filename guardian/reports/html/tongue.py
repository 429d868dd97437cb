"""The report in another language: what was made in English is looked up last in a catalogue.

Findings and their history are kept in English, the source language, so a report of a past month can
be read in a language that came later. A catalogue is gettext's (`locale/<language>/`); its entries
have named holes, and a hole's name says what may stand in it:

    msgid "newest complete restore point is {span} old, {span2} allowed"

`say` finds the entry whose English fits a whole sentence, says anew what stands in its holes
(numbers, times and sizes by the language's rules, `{rest}` and `{list}` by the catalogue, names not
at all), and picks the plural by `{n}`. What fits no entry stays English, and is marked as such.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from gettext import c2py
from importlib.resources import files
from io import BytesIO

from babel import Locale
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from guardian.reports.html import leaves
from guardian.reports.html.entries import Entry, by_first_word, entry, filled, first_word, plain

SOURCE = "en"
LONGEST = 2000
"""Characters of one text that are looked up: what is longer was never ours."""
MOST_PARTS = 40
"""Parts of a text that are put together anew; nothing of ours has as many."""
JOINTS = (". ", "; ", ", ", ": ")


class Tongue:
    """One language."""

    def __init__(self, language: str, catalogue: bytes) -> None:
        read = read_po(BytesIO(catalogue), locale=language)
        self._locale = Locale.parse(language)
        self._plural = c2py(read.plural_expr)
        self._exact: dict[str, str] = {}
        entries = [each for message in read for each in self._learn(message)]
        self._entries = {each.source: each for each in entries}
        self._by_word = by_first_word(entries)
        self._remembered = lru_cache(maxsize=8192)(self._look_up)

    def _learn(self, message: Message) -> list[Entry]:
        """Return a message's entries; one without holes is simply known."""
        sources = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        said = (message.string,) if isinstance(message.string, str) else message.string or ()
        if not all(sources) or not all(said):
            return []
        forms = tuple(plain(form) for form in said)
        if "{" not in sources[0] and len(forms) == 1:
            self._exact[plain(sources[0])] = forms[0]
            return []
        return [entry(plain(source), forms) for source in sources]

    def text(self, source: str, /, **values: object) -> str:
        """Return a text of the templates with values in its holes, which are said already."""
        known = self._entries.get(source)
        form = self._exact.get(source, source) if known is None else self._form(known, values)
        return filled(form, values)

    def count(self, one: str, many: str, number: int, /, **values: object) -> str:
        """Return the form of a text of the templates that fits a number."""
        known = self._entries.get(one)
        form = (one if number == 1 else many) if known is None else self._form(known, {"n": number})
        return filled(form, {**values, "n": self.say(str(number))})

    def say(self, text: str) -> str | None:
        """Return a sentence that was made in English; None where no entry fits it."""
        # A colon may hold another sentence behind it: so deep nobody but a stranger speaks.
        is_ours = len(text) <= LONGEST and text.count(": ") <= MOST_PARTS
        return self._remembered(text) if is_ours else None

    def place(self, text: str) -> str:
        """Return a place ("web1, files, copy local"), whose names are nobody's words."""
        return text.replace(", copy ", f", {self.text('copy')} ")

    def _look_up(self, text: str) -> str | None:
        said = self._whole(text)
        if said is None and text:
            begun = self._whole(text[0].swapcase() + text[1:])
            said = None if begun is None else _begun_like(begun, text)
        if said is None and text.endswith("."):
            ended = self.say(text[:-1])
            said = None if ended is None else f"{ended}."
        return self._put_together(text) if said is None else said

    def _whole(self, text: str) -> str | None:
        """Return what one entry, or one rule for numbers and times, says for the whole text."""
        if text in self._exact or not text:
            return self._exact.get(text, "")
        for each in self._by_word.get(first_word(text), self._by_word[""]):
            found = each.pattern.fullmatch(text)
            holes = None if found is None else self._holes(found.groupdict())
            if found is not None and holes is not None:
                return filled(self._form(each, found.groupdict()), holes)
        return leaves.said(text, self._locale)

    def _form(self, chosen: Entry, holes: Mapping[str, object]) -> str:
        """Return the form for the number of the sentence."""
        place = self._plural(leaves.number(str(holes.get("n", 0)))) if len(chosen.forms) > 1 else 0
        return chosen.forms[place]

    def _holes(self, found: Mapping[str, str]) -> dict[str, str] | None:
        """Say what stands in the holes; None where something cannot be said."""
        holes = {}
        for key, text in found.items():
            said = self._hole(key.rstrip("0123456789"), text)
            if said is None:
                return None
            holes[key] = said
        return holes

    def _hole(self, kind: str, text: str) -> str | None:
        if kind in {"name", "text"}:
            return text
        if kind == "kind":
            return self._exact.get(text, text)
        if kind == "place":
            return self.place(text)
        if kind == "list":
            parts = [self.say(part) for part in text.split(", ")]
            return None if None in parts else ", ".join(filter(None, parts))
        return self.say(text)

    def _put_together(self, text: str) -> str | None:
        """Return sentences, or parts of one, each of which is known by itself."""
        for joint in JOINTS:
            pieces = text.split(joint)
            for place in range(1, len(pieces) if len(pieces) <= MOST_PARTS else 0):
                left = self.say(joint.join(pieces[:place]))
                right = None if left is None else self.say(joint.join(pieces[place:]))
                if left is not None and right is not None:
                    return left + joint + right
        return None


def _begun_like(said: str, text: str) -> str:
    return (said[:1].upper() if text[:1].isupper() else said[:1].lower()) + said[1:]


class _English(Tongue):
    """The source language: everything is said already."""

    def say(self, text: str) -> str:
        return text


@cache
def tongue(language: str) -> Tongue:
    """Return a language; English where there is no catalogue for it."""
    if language not in languages():
        return _English(SOURCE, b"")
    return Tongue(language, _catalogue(language))


@cache
def languages() -> Sequence[str]:
    """Return the languages that have a catalogue; a folder that is there is one."""
    return tuple(sorted(folder.name for folder in _FOLDER.iterdir() if folder.is_dir()))


def _catalogue(language: str) -> bytes:
    return (_FOLDER / language / "LC_MESSAGES" / "guardian.po").read_bytes()


_FOLDER = files("guardian.reports") / "locale"

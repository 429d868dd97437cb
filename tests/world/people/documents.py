"""Documents of many sorts with a known number of people's numbers in each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from tests.world.people import lures
from tests.world.people.numbers import MAKERS
from tests.world.people.written import WORDS, written

NAMES = (
    "Anna Schmidt",
    "Bob Miller",
    "Carla Rossi",
    "Дмитрий Иванов",
    "Елена Петрова",
    "Jean Dupont",
)


@dataclass(frozen=True, kw_only=True)
class Document:
    """Some bytes, and how many different numbers of one kind are in them."""

    sort: str
    kind: str
    values: int
    data: bytes


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One number as it stands in a document."""

    word: str
    text: str


Sort = Callable[[Random, list[Entry]], str]


def _prose(random: Random, entries: list[Entry]) -> str:
    wordings = (
        "Guten Tag, meine {word} lautet {text}. Mit freundlichen Grüßen",
        "Hello, the {word} is {text}, please confirm.",
        "Добрый день! {word}: {text}. Спасибо.",
        "Bonjour, {word} : {text}, merci.",
        "Hola, mi {word} es {text}.",
        "{word} {text}",
        "{word} № {text}",
        "- {word}\t{text}",
    )
    return "\n".join(
        random.choice(wordings).format(word=each.word, text=each.text) for each in entries
    )


def _log(random: Random, entries: list[Entry]) -> str:
    lines = []
    for each in entries:
        key = each.word.replace(" ", "_")
        lines += [
            f"2026-11-12 10:15:07,123 INFO update {key}={each.text} user={random.choice(NAMES)}"
        ]
        lines += [lures.line(random) for _ in range(random.randrange(4))]
    return "\n".join(lines)


def _json(random: Random, entries: list[Entry]) -> str:
    lines = []
    for number, each in enumerate(entries):
        record = {"id": number, "name": random.choice(NAMES), each.word: each.text, "ok": True}
        lines.append(json.dumps(record, ensure_ascii=False))
    return "\n".join(lines)


def _pretty_json(random: Random, entries: list[Entry]) -> str:
    records = [{"name": random.choice(NAMES), "doc": {each.word: each.text}} for each in entries]
    return json.dumps(records, indent=2, ensure_ascii=False)


def _settings(_random: Random, entries: list[Entry]) -> str:
    return "\n".join(f"{each.word.replace(' ', '_')} = {each.text}" for each in entries)


def _xml(random: Random, entries: list[Entry]) -> str:
    rows = []
    for each in entries:
        tag = "".join(letter if letter.isalnum() else "_" for letter in each.word)
        rows.append(f"<row><name>{random.choice(NAMES)}</name><{tag}>{each.text}</{tag}></row>")
    return f"<?xml version='1.0'?><rows>{''.join(rows)}</rows>"


def _html(random: Random, entries: list[Entry]) -> str:
    rows = [f"<tr><th>{each.word}</th><td>{each.text}</td></tr>" for each in entries]
    return f"<html><body><table>{''.join(rows)}</table></body></html>"


def _csv(random: Random, entries: list[Entry], mark: str = ";") -> str:
    word = entries[0].word
    lines = [mark.join(("id", "name", word, "created", "total"))]
    for number, each in enumerate(entries):
        cells = (
            str(number),
            random.choice(NAMES),
            each.text,
            "2026-11-12",
            f"{random.random():.2f}",
        )
        lines.append(mark.join(cells))
    return "\n".join(lines) + "\n"


def _quoted_csv(random: Random, entries: list[Entry]) -> str:
    word = entries[0].word
    lines = [f'"order no","full name","{word}"']
    lines += [
        f'"{random.randrange(10**15, 10**16)}","{random.choice(NAMES)}, Jr.","{each.text}"'
        for each in entries
    ]
    return "\r\n".join(lines)


def _insert(random: Random, entries: list[Entry]) -> str:
    column = entries[0].word.replace(" ", "_")
    rows = [f"({n},'{random.choice(NAMES)}','{each.text}',NULL)" for n, each in enumerate(entries)]
    return f"INSERT INTO `clients` (`id`, `name`, `{column}`, `note`) VALUES {','.join(rows)};"


def _copy(random: Random, entries: list[Entry]) -> str:
    column = entries[0].word.replace(" ", "_")
    rows = [f"{n}\t{random.choice(NAMES)}\t{each.text}\t\\N" for n, each in enumerate(entries)]
    return (
        f"COPY public.clients (id, name, {column}, note) FROM stdin;\n"
        + "\n".join(rows)
        + "\n\\.\n"
    )


def _bare_column(random: Random, entries: list[Entry]) -> str:
    """No word anywhere: only that all of a column are valid."""
    return "".join(
        f"{n};{random.choice(NAMES)};{each.text};{random.randrange(10**11, 10**12)}\n"
        for n, each in enumerate(entries)
    )


def _bare_dump(random: Random, entries: list[Entry]) -> str:
    rows = [f"({n},'{random.choice(NAMES)}','{each.text}')" for n, each in enumerate(entries)]
    return f"INSERT INTO `t` VALUES {','.join(rows)};"


def _bare_list(_random: Random, entries: list[Entry]) -> str:
    return "\n".join(each.text for each in entries)


USUAL: dict[str, Sort] = {
    "prose": _prose, "log": _log, "json": _json, "csv": _csv, "insert": _insert, "copy": _copy,
    "settings": _settings,
}  # fmt: skip
UNUSUAL: dict[str, Sort] = {
    "pretty-json": _pretty_json, "xml": _xml, "html": _html, "quoted-csv": _quoted_csv,
    "tab-separated": lambda random, entries: _csv(random, entries, "\t"),
    "camel-json": lambda random, entries: _json(random, [_camel(each) for each in entries]),
}  # fmt: skip
WORDLESS: dict[str, Sort] = {
    "bare-column": _bare_column, "bare-dump": _bare_dump, "bare-list": _bare_list,
}  # fmt: skip

WITHOUT_CHECK = {"passport-ru", "ssn-us", "nino-gb"}
"""Nothing shows that such a number is one but the word beside it."""


def _camel(entry: Entry) -> Entry:
    if not entry.word.isascii():
        return entry
    head, *rest = entry.word.replace("_", " ").replace("-", " ").split()
    return Entry(word=head + "".join(part.capitalize() for part in rest), text=entry.text)


def usual(random: Random, each: int) -> Iterator[Document]:
    """The first set: `each` documents of every kind and sort, without near misses."""
    yield from _documents(random, each, USUAL, near_misses=0)
    yield from _lures(random, each * 8)


def adversarial(random: Random, each: int) -> Iterator[Document]:
    """The second set: as many near misses as numbers, other sorts, columns that nothing names."""
    yield from _documents(random, each, USUAL | UNUSUAL, near_misses=3)
    yield from _documents(random, each, WORDLESS, near_misses=0)
    yield from _misses(random, each * 4)
    yield from _lures(random, each * 8)
    for _ in range(each):
        orders = "\n".join(lures.luhn_order(random) for _ in range(random.randrange(1, 30)))
        yield Document(sort="luhn-orders", kind="card", values=0, data=orders.encode())


def _documents(
    random: Random, each: int, sorts: dict[str, Sort], near_misses: int
) -> Iterator[Document]:
    for kind in MAKERS:
        for name, sort in sorts.items():
            if name in WORDLESS and kind in WITHOUT_CHECK | {"codice-fiscale-it"}:
                continue
            for _ in range(each):
                yield document(random, kind, name, sort, near_misses)


def document(random: Random, kind: str, name: str, sort: Sort, near_misses: int) -> Document:
    count = random.randrange(20, 60) if name in WORDLESS else random.randrange(1, 6)
    word, one_way = random.choice(WORDS[kind]), random.getrandbits(32)
    entries, numbers = [], set()
    for _ in range(count):
        number = MAKERS[kind](random)
        numbers.add(number)
        way = Random(one_way) if name in WORDLESS else random
        entries.append(Entry(word=word, text=written(way, kind, number)))
    for _ in range(random.randrange(near_misses + 1)):
        missed, _, text = lures.near_miss(random, kind).partition(": ")
        entries.insert(random.randrange(len(entries) + 1), Entry(word=word or missed, text=text))
    return Document(
        sort=name, kind=kind, values=len(numbers), data=_encoded(random, sort(random, entries))
    )


def _misses(random: Random, each: int) -> Iterator[Document]:
    for kind in MAKERS:
        for _ in range(each):
            text = "\n".join(lures.near_miss(random, kind) for _ in range(random.randrange(1, 9)))
            yield Document(sort="near-misses", kind=kind, values=0, data=_encoded(random, text))


def _lures(random: Random, count: int) -> Iterator[Document]:
    for _ in range(count):
        text = "\n".join(lures.line(random) for _ in range(random.randrange(5, 400)))
        yield Document(sort="lures", kind="", values=0, data=text.encode())


def _encoded(random: Random, text: str) -> bytes:
    """UTF-8 mostly; what Windows programs write in Russian now and then."""
    if random.random() < 0.2:
        try:
            return text.encode("cp1251")
        except UnicodeEncodeError:
            pass
    if random.random() < 0.05:
        return text.encode("utf-16")
    return text.encode()

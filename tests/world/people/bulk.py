"""Much text of the kind that servers keep: logs, dumps, exports, letters, and few numbers in it."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tests.world.people import lures
from tests.world.people.documents import NAMES, USUAL, document
from tests.world.people.numbers import MAKERS, digits

_LETTER = (
    "Dear {name}, thank you for your message of last week. We have looked into the matter and will "
    "send what you asked for as soon as it has been checked by our colleagues in the other office. "
    "If anything is missing, please write to us again and tell us the number of your order.\n"
)


def bulk(random: Random, size: int) -> Iterator[bytes]:
    """Yield pieces of about `size` bytes in all: four in ten logs, three dumps, two exports.

    One line of a log in five is a near miss.
    """
    made = 0
    while made < size:
        piece = random.choices((_log, _dump, _export, _letters, _people), (40, 30, 20, 8, 2))[0]
        data = piece(random).encode()
        made += len(data)
        yield data


def _log(random: Random) -> str:
    lines = (
        f"10.{random.randrange(256)}.{random.randrange(256)}.7 - {random.choice(NAMES)} "
        f'[12/Nov/2026:10:{random.randrange(10, 60)}:07 +0000] "GET /orders/{digits(random, 9)}/'
        f'items?page={random.randrange(99)} HTTP/1.1" 200 {digits(random, 5)} "-" '
        f'"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"'
        if random.random() < 0.8
        else lures.line(random)
        for _ in range(200)
    )
    return "\n".join(lines) + "\n"


def _dump(random: Random) -> str:
    rows = (
        f"({random.randrange(10**9)},'{random.choice(NAMES)}','{random.getrandbits(128):032x}',"
        f"{random.randrange(1_690_000_000_000, 1_790_000_000_000)},'shipped',{digits(random, 12)})"
        for _ in range(200)
    )
    return f"INSERT INTO `orders` VALUES {','.join(rows)};\n"


def _export(random: Random) -> str:
    return "".join(
        f"{digits(random, 10)};{random.choice(NAMES)};{random.uniform(-90, 90):.7f};"
        f"{random.uniform(-180, 180):.7f};2026-11-12T10:00:00Z;delivered on the second attempt\n"
        for _ in range(200)
    )


def _letters(random: Random) -> str:
    return "".join(_LETTER.format(name=random.choice(NAMES)) for _ in range(60))


def _people(random: Random) -> str:
    """What is looked for: some thirty numbers, in documents of the usual sorts."""
    made = []
    for _ in range(10):
        kind, sort = random.choice(sorted(MAKERS)), random.choice(sorted(USUAL))
        made.append(document(random, kind, sort, USUAL[sort], 0).data.decode("utf-8", "replace"))
    return "\n".join(made) + "\n"

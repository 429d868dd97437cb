"""The order in which the rules are asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from guardian_agent.magic import repositories, sealed, volumes
from guardian_agent.magic.answer import Classified, Read, empty, unknown
from guardian_agent.magic.binary import binary
from guardian_agent.magic.cms import cms
from guardian_agent.magic.data import Data
from guardian_agent.magic.innodb import innodb
from guardian_agent.magic.known import known, pg_dump, sqlite
from guardian_agent.magic.office import office
from guardian_agent.magic.openpgp import openpgp
from guardian_agent.magic.packed import packed
from guardian_agent.magic.pdf import pdf
from guardian_agent.magic.seven_zip import seven_zip
from guardian_agent.magic.tar import tar
from guardian_agent.magic.text import text
from guardian_agent.magic.zip_archive import zip_archive
from guardian_agent.magic.zstd import zstd

HEAD_BYTES: Final = 64 * 1024
TAIL_BYTES: Final = 64 * 1024

Rule = Callable[[Data], Classified | None]

RULES: Final[tuple[Rule, ...]] = (
    *sealed.RULES,
    *repositories.RULES,
    *volumes.RULES,
    zip_archive,
    seven_zip,
    office,
    pdf,
    sqlite,
    pg_dump,
    innodb,
    tar,
    zstd,
    packed,
    cms,
    known,
    openpgp,
    text,
)
"""Containers first, text last: an armoured or packed thing is text or a codec as well."""


def classify(head: bytes, tail: bytes, size: int, read: Read) -> Classified:
    """Say whether data can be read without a key.

    Args:
        head: the first `HEAD_BYTES` bytes, or all there are.
        tail: the last `TAIL_BYTES` bytes, or all there are.
        size: bytes in all.
        read: reads elsewhere in the data; asked for less than 1 MiB in all.
    """
    return _judge(Data(head, tail, size, read, judge=_judge))


def _judge(data: Data) -> Classified:
    if not data.size:
        return empty("nothing", "no-bytes")
    if not data.head:
        return unknown("data", "nothing-read")
    for rule in RULES:
        answer = rule(data)
        if answer is not None:
            return answer
    return binary(data)

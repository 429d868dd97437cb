"""OpenDocument's manifest: which parts of a package are encrypted (ODF 1.2 and 1.3, part 2, 3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from guardian_agent.magic.zip_directory import Entry

MANIFEST = b"META-INF/manifest.xml"

_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_PATH = re.compile(rb"\bmanifest:full-path\s*=\s*[\"']([^\"']*)[\"']")
_PART, _PART_END = b"<manifest:file-entry", b"</manifest:file-entry>"
_SEALED = b"<manifest:encryption-data"
_KIND, _LONGEST_KIND = b"mimetype", 255
_NEVER_SEALED = (
    _KIND,
    MANIFEST,
    b"META-INF/documentsignatures.xml",
    b"META-INF/macrosignatures.xml",
)
"""Parts that say what the package is, and who signed it; nothing of what is in it."""


def sealed_parts(manifest: bytes, members: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Return the members of which a manifest says that they are encrypted, and all others.

    What must lie open in every package is in neither.
    """
    listed = set(_listed_as_sealed(_COMMENT.sub(b"", manifest)))
    parts = [member for member in members if not _lies_open(member)]
    sealed = [part for part in parts if part.name in listed]
    return sealed, [part for part in parts if part.name not in listed]


def _lies_open(member: Entry) -> bool:
    is_name = member.name != _KIND or member.packed <= _LONGEST_KIND
    return member.name in _NEVER_SEALED and is_name


def _listed_as_sealed(manifest: bytes) -> Iterator[bytes]:
    for part in manifest.split(_PART)[1:]:
        attributes, _, told = part.partition(_PART_END)[0].partition(b">")
        path = _PATH.search(attributes)
        if path is not None and not attributes.endswith(b"/") and _SEALED in told:
            yield path[1]

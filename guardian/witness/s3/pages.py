"""Listing all that lies below a prefix, with its versions, page by page and within limits.

Stores list by name, so the newest are known only at the end; each name is handed on with all its
versions, newest first, and forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from guardian_agent.wire.names import Slug

from guardian.domain.storage import Lack, Question
from guardian.domain.stored import Version
from guardian.witness.s3.asking import LIST, LIST_VERSIONS, Call, ask
from guardian.witness.s3.port import Client, Reply

MAX_PAGES = 2000
"""Of a thousand names each."""
MAX_SIZE = 2**63 - 1
Entry = tuple[str, bool, Version]
"""A key, whether it is what stands now, and the version."""


@dataclass(slots=True)
class Listing:
    """One way of listing; `cut` says afterwards why it may not have been all."""

    client: Client
    versions: bool
    """List all versions; else only what stands now, which takes a smaller permission."""
    cut: list[Lack] = field(default_factory=list)
    lies: list[Lack] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def call(self) -> Call:
        """Return the operation that lists."""
        return LIST_VERSIONS if self.versions else LIST

    def top(self, prefix: str) -> tuple[str, ...] | Lack:
        """Return the names right below a prefix, folders with "/" at their end; one page of them.

        Repositories have few, but for kopia's; of a folder of dumps a thousand say as much as all.
        """
        page = self._ask(Prefix=prefix, Delimiter="/")
        if isinstance(page, Lack):
            return page
        found = self._names(page, prefix)
        if page.fields.get("IsTruncated") is True:
            more = self._ask(Prefix=f"{prefix}kopia.", Delimiter="/")
            found += [] if isinstance(more, Lack) else self._names(more, prefix)
        return tuple(found)

    def _names(self, page: Reply, prefix: str) -> list[str]:
        folders = [each.get("Prefix") for each in _maps(page.fields.get("CommonPrefixes"))]
        names = [entry[0] for entry in self._entries(page, prefix)]
        return [
            name[len(prefix) :]
            for name in (*folders, *names)
            if isinstance(name, str) and name.startswith(prefix)
        ]

    def objects(self, prefix: str) -> Iterator[tuple[str, tuple[Version, ...]]]:
        """Yield each name below a prefix with its versions, what stands now first."""
        held: dict[str, list[tuple[bool, Version]]] = {}
        for page in self._pages(prefix):
            last = ""
            for key, latest, version in self._entries(page, prefix):
                held.setdefault(key, []).append((latest, version))
                last = max(last, key)
            # The versions of the last name may go on on the next page.
            done = [key for key in held if key < last]
            yield from ((key, _ordered(held.pop(key))) for key in done)
        yield from ((key, _ordered(found)) for key, found in held.items())

    def _pages(self, prefix: str) -> Iterator[Reply]:
        more: dict[str, object] = {}
        for _ in range(MAX_PAGES):
            page = self._ask(Prefix=prefix, **more)
            if isinstance(page, Lack):
                self.cut.append(replace(page, question=Question.POINTS))
                return
            yield page
            if page.fields.get("IsTruncated") is not True:
                return
            after = self._after(page.fields)
            if not after or after == more:
                break
            more = after
        self.cut.append(Lack(question=Question.POINTS, reason=Slug("listing-cut-short")))

    def _ask(self, **parameters: object) -> Reply | Lack:
        page = ask(self.client, self.call, **parameters)
        if isinstance(page, Reply):
            self.headers.update(page.headers)
        return page

    def _after(self, fields: Mapping[str, Any]) -> dict[str, object]:
        names = ("NextKeyMarker", "NextVersionIdMarker")
        if not self.versions:
            token = fields.get("NextContinuationToken")
            return {"ContinuationToken": token} if token else {}
        marks = {name.removeprefix("Next"): fields[name] for name in names if fields.get(name)}
        return marks if "KeyMarker" in marks else {}

    def _entries(self, page: Reply, prefix: str) -> Iterator[Entry]:
        fields = page.fields
        found = [
            *(
                (each, False)
                for each in _maps(fields.get("Versions" if self.versions else "Contents"))
            ),
            *(
                (each, True)
                for each in _maps(fields.get("DeleteMarkers") if self.versions else None)
            ),
        ]
        for each, deleted in found:
            entry = self._entry(each, deleted=deleted)
            if entry is None:
                self.cut.append(Lack(question=Question.POINTS, reason=Slug("unreadable")))
            elif entry[0].startswith(prefix):
                yield entry
            else:
                self.lies.append(Lack(question=Question.ABSENCE, reason=Slug("ignores-prefix")))

    def _entry(self, told: Mapping[str, Any], *, deleted: bool) -> Entry | None:
        key, at, size = told.get("Key"), told.get("LastModified"), told.get("Size", 0)
        if not isinstance(key, str) or not isinstance(at, datetime) or not isinstance(size, int):
            return None
        if at.tzinfo is None or not 0 <= size <= MAX_SIZE:
            return None
        try:
            stored_at = at.astimezone(UTC)
        except OverflowError:
            return None
        version = Version(
            stored_at=stored_at,
            bytes=size,
            content=str(told.get("ETag") or ""),
            version=str(told.get("VersionId") or ""),
            deleted=deleted,
        )
        return key, not self.versions or told.get("IsLatest") is True, version


def _ordered(found: Sequence[tuple[bool, Version]]) -> tuple[Version, ...]:
    ordered = sorted(found, key=lambda each: (each[0], each[1].stored_at), reverse=True)
    return tuple(version for _, version in ordered)


def _maps(told: object) -> list[Mapping[str, Any]]:
    return [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []

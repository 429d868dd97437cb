"""Tar archives, read as a stream and never extracted by name.

Sources: POSIX pax, GNU tar's manual, and what unpackers were broken by: names with `..`, names that
pass through a link, endless headers (CVE-2025-4517, CVE-2025-4330, CVE-2025-8194 in CPython).
"""

from __future__ import annotations

import math
import tarfile
from collections.abc import Iterator
from typing import IO, cast

from guardian_agent.errors import ProbeError
from guardian_agent.probe import PointFile
from guardian_agent.probing.paths import live_path
from guardian_agent.probing.sink import Sink
from guardian_agent.probing.stream import TAIL, Bounded
from guardian_agent.wire.facts.words import Reason

NAME_BYTES = 1024 * 1024
"""A header that only names the next member is read into memory."""

REMEMBERED = 1_000_000
"""Sizes kept for hard links to come; links followed at most: no archive may fill the memory."""

_NAMING = frozenset(
    {
        tarfile.GNUTYPE_LONGNAME,
        tarfile.GNUTYPE_LONGLINK,
        tarfile.XHDTYPE,
        tarfile.XGLTYPE,
        tarfile.SOLARIS_XHDTYPE,
    }
)
_NANOSECONDS = 1_000_000_000
_FAULTS = (tarfile.TarError, ValueError, LookupError, ArithmeticError, RecursionError, TypeError)


class _Member(tarfile.TarInfo):
    """A member whose header is refused before it costs memory or goes backwards."""

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        # Every release of tarfile comes by here with a header that it has read and not yet acted
        # on; `frombuf` is passed by in Debian's 3.11 since its security updates.
        if self.size < 0:
            raise ProbeError(Reason.DAMAGED, "a tar header has a negative size")
        if self.type in _NAMING and self.size > NAME_BYTES:
            raise ProbeError(Reason.UNSAFE_CONTENTS, "a tar header has a name of over 1 MiB")
        return cast("tarfile.TarInfo", super()._proc_member(archive))  # type: ignore[misc]


def is_tar(head: bytes) -> bool:
    """Say whether unpacked bytes begin with a tar header, whose checksum must hold."""
    block = head[: tarfile.BLOCKSIZE]
    if len(block) == tarfile.BLOCKSIZE and not any(block):
        return True  # an archive without members
    try:
        tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.TarError:
        return False
    return True


def entries(stream: Bounded, root: str) -> Iterator[PointFile]:
    """Yield what the archive holds, and prove that it is whole.

    Raises:
        ProbeError: UNSAFE_CONTENTS for names that leave `root` or pass through a link, DAMAGED
            when the archive does not come to its end.
    """
    sizes: dict[str, int] = {}
    for _, member, path in _members(stream, root):
        size = member.size
        if member.isreg() and len(sizes) < REMEMBERED:
            sizes[path] = size
        elif member.islnk():
            size = sizes.get(live_path(root, member.linkname), 0)
        yield PointFile(
            path=path,
            size=size,
            modified_ns=_nanoseconds(member.mtime),
            is_file=member.isreg() or member.islnk(),
        )
    _prove_end(stream)


def extract(stream: Bounded, root: str, sink: Sink) -> dict[str, str]:
    """Write the files that the sink wants; the whole archive is read.

    Returns:
        The wanted live paths that are hard links, with the path that holds their contents.
    """
    links: dict[str, str] = {}
    for archive, member, path in _members(stream, root):
        if sink.place(path) is None:
            continue
        sink.forget(path)  # a later member of the same name replaces the earlier
        links.pop(path, None)
        if member.islnk():
            links[path] = live_path(root, member.linkname)
        if member.isreg():
            _write(archive, member, path, sink)
    _prove_end(stream)
    return links


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, path: str, sink: Sink) -> None:
    try:
        source = archive.extractfile(member)
        if source is not None:
            sink.write(path, source)
    except _FAULTS as error:
        raise _damaged(error) from error


def _members(stream: Bounded, root: str) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo, str]]:
    """Yield every member with its live path, links watched."""
    passages: set[str] = set()
    try:
        with _open(stream) as archive:
            while (member := archive.next()) is not None:
                archive.members.clear()  # type: ignore[attr-defined]  # it would keep them all
                path = live_path(root, member.name)
                _refuse_passage(path, passages)
                if member.issym():
                    passages.add(path)
                if len(passages) > REMEMBERED:
                    raise ProbeError(Reason.OUTPUT_LIMIT, "over a million symbolic links")
                yield archive, member, path
    except _FAULTS as error:
        raise _damaged(error) from error


def _open(stream: Bounded) -> tarfile.TarFile:
    return tarfile.open(
        fileobj=cast("IO[bytes]", stream),
        mode="r|",
        tarinfo=_Member,
        encoding="utf-8",
        errors="surrogateescape",
    )


def _damaged(error: Exception) -> ProbeError:
    return ProbeError(Reason.DAMAGED, f"the tar archive is damaged: {error}")


def _refuse_passage(path: str, links: set[str]) -> None:
    """A member below a symbolic link of the same archive would be written where that points."""
    folder = path.rpartition("/")[0]
    while links and folder:
        if folder in links:
            raise ProbeError(Reason.UNSAFE_CONTENTS, f"{path!a} passes through a symbolic link")
        folder = folder.rpartition("/")[0]


def _prove_end(stream: Bounded) -> None:
    """A tar that was cut between two members reads well: only its end marker tells."""
    stream.drain()
    if stream.tail != bytes(TAIL):
        raise ProbeError(Reason.DAMAGED, "the tar archive has no end: it was cut short")


def _nanoseconds(seconds: float) -> int | None:
    return int(seconds * _NANOSECONDS) if math.isfinite(seconds) else None

"""Files of a backup tool's repository, which prove nothing each by itself.

A pack of restic is random bytes, and borg's README is plain text; what they are is told by the
folder that they lie in. So where the classifier says nothing of a file, or finds a text that a tool
leaves beside its data (and that has the tool's form), the folders above are judged by their layout,
each once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import TypeVar

from guardian_agent.exposure.left_in_clear import PEEK, is_named_so, is_the_tools
from guardian_agent.exposure.walk import Place
from guardian_agent.magic import Classified
from guardian_agent.magic.answer import LIKELY, unknown
from guardian_agent.magic.layouts import Folder, judge
from guardian_agent.system.ports import Entry, Files, Held
from guardian_agent.wire.facts.words import Encryption

_MOST_FOLDERS = 4096
_DEPTH = 6
"""Folders above a file that may be the repository's own."""

_CODED = r"[A-Za-z0-9_,=-]{16,}"
_SEALED_NAME = (
    r"(?:[A-Za-z0-9_-]{64})*(?:[A-Za-z0-9_-]{22}(?:==)?|[A-Za-z0-9_-]{43}=?|[A-Za-z0-9_-]{64})"
)
"""gocryptfs encrypts names in blocks of 16 bytes, and writes them in base64."""
_PARTS = {
    "restic": r"config|(?:data/[0-9a-f]{2}|index|keys|snapshots|locks)/[0-9a-f]{64}",
    "borg": r"README|config|nonce|(?:data/\d+|index|hints|integrity)[./]\d+|lock\..+",
    "kopia": r"\.shards|(?:[0-9a-z_.-]+/)*[0-9a-z_.-]+\.f",
    "gocryptfs": rf"(?:{_SEALED_NAME}/)*(?:{_SEALED_NAME}|gocryptfs\.(?:conf|diriv|longname\..+))",
    "encfs": rf"\.encfs6\.xml|(?:{_CODED}/)*{_CODED}",
    "cryfs": r"cryfs\.config|[0-9A-F]{3}/[0-9A-F]{29}",
    "cryptomator": r"(?:vault|masterkey)\.cryptomator.*|d/[A-Z2-7]{2}/[A-Z2-7]{30}/.+",
}
"""Which files below a repository are the tool's own, by their paths: no others are vouched for."""
_OWN = {tool: re.compile(form) for tool, form in _PARTS.items()}
_LENGTH_OF_RESTIC = 64
_OF_RESTIC = re.compile(r"[0-9a-f]{64}")
"""Of these the keys alone are no ciphertext; some random bytes look structured by chance."""

_FORMLESS = ("looks-random", "too-small")
"""Rules that say of bytes that they have none: a tool seals some of its files under any name."""

T = TypeVar("T")

Look = Callable[[Held], Classified]


class Repositories:
    """Remembers of each folder which repository it is, if any."""

    def __init__(self, files: Files, look: Look) -> None:
        """Judge by `files`, and by what `look` says of one of them."""
        self._files = files
        self._look = look
        self._known: dict[str, Classified | None] = {}
        self.found: dict[str, Classified] = {}
        """By their folders, those that were met; of very many not all."""

    def answer(self, place: Place, entry: Entry, found: Classified) -> Classified:
        """Return what a file is: `found`, unless the repository that it lies in says more."""
        if found.state is not Encryption.UNKNOWN and (
            found.state is not Encryption.PLAINTEXT or not _is_left_in_clear(entry, found)
        ):
            return found
        for top in _above(place):
            whole = self._judged(top)
            if whole is not None:
                part = entry.path[len(top.rstrip("/")) + 1 :]
                own = _OWN.get(whole.kind)
                is_own = own is not None and own.fullmatch(part) is not None
                if not is_own or not self._has_its_form(entry, found):
                    return found
                return whole if whole.state is not found.state else found
        return found

    def _has_its_form(self, entry: Entry, found: Classified) -> bool:
        """Say whether what is not random is what the tool itself leaves in clear."""
        name = entry.path.rpartition("/")[2]
        if found.rule in _FORMLESS or not is_named_so(name):
            return True
        head = self._of_file(entry.path, lambda held: held.read(0, PEEK), b"")
        return is_the_tools(name, head, entry.size)

    def _judged(self, folder: str) -> Classified | None:
        if folder not in self._known:
            if len(self._known) >= _MOST_FOLDERS:
                self._known.clear()
            self._known[folder] = whole = judge(self._as_judges_see(folder))
            if whole is not None and len(self.found) < _MOST_FOLDERS:
                self.found[folder] = whole
        return self._known[folder]

    def _as_judges_see(self, top: str) -> Folder:
        return Folder(
            names=lambda path: self._names(_joined(top, path)),
            look=lambda path: self._of_file(_joined(top, path), self._look, _UNSEEN),
            read=lambda path, count: self._of_file(
                _joined(top, path), lambda held: held.read(0, count), b""
            ),
        )

    def _names(self, path: str) -> Sequence[str] | None:
        try:
            with self._files.folder(path) as folder:
                files, folders = folder.names()
        except OSError:
            return None
        return [*files, *folders]

    def _of_file(self, path: str, act: Callable[[Held], T], otherwise: T) -> T:
        folder, _, name = path.rpartition("/")
        try:
            with self._files.folder(folder or "/") as opened, closing(opened.open(name)) as held:
                return act(held)
        except OSError:
            return otherwise


_UNSEEN = unknown("unreadable", "unreadable")


def _is_left_in_clear(entry: Entry, found: Classified) -> bool:
    folder, _, name = entry.path.rpartition("/")
    if len(name) == _LENGTH_OF_RESTIC and _OF_RESTIC.fullmatch(name) is not None:
        return folder.endswith("/keys") or found.confidence == LIKELY
    return is_named_so(name)


def _above(place: Place) -> Iterator[str]:
    """Yield a folder and some above it, none above what is watched."""
    top, path = place.given[0], place.path
    for _ in range(_DEPTH):
        yield path
        if path in (top, "/") or not path.startswith(f"{top}/"):
            return
        path = path.rpartition("/")[0] or "/"


def _joined(top: str, path: str) -> str:
    return f"{top.rstrip('/')}/{path}" if path else top

"""What borg's command line tells of an archive: what was to be backed up, and what was not.

borg keeps the words of `borg create` in each archive. Source: `borg create --help`, 1.2 and 1.4.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence

from guardian_agent.probe import Told

_EXCLUDING = (
    *("-e", "--exclude", "--exclude-from", "--pattern", "--patterns-from", "--exclude-if-present"),
)
_FLAGS = ("--exclude-caches", "--exclude-nodump", "--one-file-system", "-x")
_WITH_VALUE = frozenset(
    [
        *("--comment", "--timestamp", "-c", "--checkpoint-interval", "--chunker-params", "-C"),
        *("--compression", "--files-cache", "--stdin-name", "--stdin-user", "--stdin-group"),
        *("--stdin-mode", "--paths-delimiter", "--lock-wait", "--remote-path", "--umask", "--rsh"),
        *("--upload-ratelimit", "--remote-ratelimit", "--upload-buffer", "--debug-topic"),
        *("--debug-profile", "--remote-buffer", "--filter"),
    ]
)
"""Options whose next word is theirs, and no path."""
_TEMPORARY = r"/(?:tmp[A-Za-z0-9_]{6,}|borgmatic-[A-Za-z0-9_]{6,})(?=/|$)"
"""Names that are other ones in each run: borgmatic hands its patterns over in such a file."""


def told_by(host: object, command_line: object) -> Told:
    """Return what an archive tells; total, whatever stands in it."""
    words = _words(command_line)
    options = None if words is None else list(_options(words))
    return Told(
        paths=None if options is None else tuple(v for name, v in options if name == "path"),
        excludes=None if options is None else tuple(v for name, v in options if name == "exclude"),
        host=host if isinstance(host, str) else None,
    )


def _words(command_line: object) -> Sequence[str] | None:
    """Return the words behind `create`; None where another command made the archive."""
    if isinstance(command_line, str):
        try:
            command_line = shlex.split(command_line)
        except ValueError:
            return None
    if not isinstance(command_line, list):
        return None
    texts = (word for word in command_line if isinstance(word, str))
    words = [re.sub(_TEMPORARY, "/*", word) for word in texts]
    return words[words.index("create") + 1 :] if "create" in words else None


def _options(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield ("exclude", pattern) and ("path", path); the first bare word names the archive."""
    waiting = list(reversed(words))
    bare: list[str] = []
    while waiting:
        word = waiting.pop()
        name, given, value = word.partition("=")
        if word in _FLAGS:
            yield "exclude", word
        elif name in _EXCLUDING:
            own = value if given else _next(waiting)
            yield "exclude", f"{'--exclude' if name == '-e' else name} {own}"
        elif word in _WITH_VALUE:
            _next(waiting)
        elif not word.startswith("-") or word == "-":
            bare.append(word)
    yield from (("path", word) for word in bare[1:])


def _next(waiting: list[str]) -> str:
    return waiting.pop() if waiting else ""

"""How rclone is run, and what its configuration and some bytes say of a remote's encryption.

`config show` holds passwords that can be turned back: it stays here, and only a few words of it
are read. A crypt remote is believed when a file that lies below it begins as its files do: data
encryption may have been turned off.
"""

from __future__ import annotations

from typing import Any

from guardian_agent.errors import ProbeError
from guardian_agent.magic import HEAD_BYTES, TAIL_BYTES, classify
from guardian_agent.probe import AnySubject
from guardian_agent.probing.answers import text
from guardian_agent.probing.tool import Failures, find_tool, read_environment, run_tool
from guardian_agent.system import Completed, System
from guardian_agent.wire.facts.words import Encryption, Reason

FAILURES = Failures(
    exits={3: Reason.PATH_MISSING},
    phrases=(
        (b"didn't find section in config file", Reason.NO_REPOSITORY),
        (b"failed to authenticate decrypted block", Reason.DAMAGED),
        (b"not an encrypted file", Reason.DAMAGED),
        (b"file is too short", Reason.DAMAGED),
        (b"file truncated", Reason.DAMAGED),
        (b"permission denied", Reason.PERMISSION_DENIED),
        (b"no space left on device", Reason.QUOTA_EXCEEDED),
        (b"file too large", Reason.QUOTA_EXCEEDED),
    ),
)
_MAGIC = b"RCLONE\x00\x00"
_WRAPPERS = frozenset({"alias", "cache", "chunker", "combine", "compress", "hasher", "union"})
"""They may lie over a crypt remote: reading through them proves nothing."""


def rclone(subject: AnySubject, system: System, *words: str, **bounds: Any) -> Completed:  # noqa: ANN401
    """Run rclone with the copy's configuration; its home is empty."""
    settings = subject.settings
    variables = {"HOME": subject.scratch or "/nonexistent"}
    if settings.environment_file is not None:
        variables = read_environment(system, settings.environment_file) | variables
    where = () if settings.config is None else ("--config", settings.config)
    tool = find_tool(system, settings.binary)
    return run_tool(system, [tool, *where, *words], environment=variables, **bounds)


def section(subject: AnySubject, system: System) -> dict[str, str]:
    """Return what the configuration says of the remote; of a path, that it is local."""
    name, colon, _ = subject.settings.remote.partition(":")
    if not colon or "/" in name:
        return {"type": "local"}
    done = rclone(subject, system, "config", "show", "--", name)
    if done.status:
        raise FAILURES.error(done, "rclone config show")
    pairs = (line.partition("=") for line in text(done).splitlines())
    return {key.strip(): value.strip() for key, equals, value in pairs if equals}


def state_of(subject: AnySubject, system: System, path: str) -> tuple[Encryption, str]:
    """Look at the beginning of one file of the remote; return the state and what decided.

    Raises:
        ProbeError: rclone could not be asked.
    """
    known = section(subject, system)
    kind = known.get("type", "")
    if kind == "crypt":
        return _of_crypt(subject, system, known.get("remote", ""), path)
    if not kind or kind in _WRAPPERS:
        return Encryption.UNKNOWN, "rclone-wrapped"
    seen = classify_head(_head(subject, system, joined(subject.settings.remote, path)))
    if seen is Encryption.PLAINTEXT:
        return seen, "rclone-file"
    return Encryption.UNKNOWN, "rclone-no-file-decides"


def classify_head(head: bytes) -> Encryption:
    """Say whether the beginning of a file can be read without a key."""

    def read(offset: int, count: int) -> bytes:
        return head[offset : offset + count]

    return classify(head, head[-TAIL_BYTES:], len(head), read).state


def joined(remote: str, path: str) -> str:
    """Return the path of what lies in a remote."""
    return f"{remote}{path}" if remote.endswith((":", "/")) else f"{remote}/{path}"


def _of_crypt(subject: AnySubject, system: System, below: str, path: str) -> tuple[Encryption, str]:
    name, _, inside = subject.settings.remote.partition(":")
    words = ("cryptdecode", "--reverse", "--", f"{name}:", joined(inside, path).lstrip("/"))
    done = rclone(subject, system, *words)
    stored = text(done).strip().rpartition("\t")[2].strip()
    if done.status or not stored or not below:
        return Encryption.UNKNOWN, "rclone-out-of-reach"
    head = _head(subject, system, joined(below, stored))
    if head.startswith(_MAGIC):
        return Encryption.ENCRYPTED, "rclone-crypt-file"
    seen = classify_head(head)
    return (seen if seen is Encryption.PLAINTEXT else Encryption.UNKNOWN), "rclone-crypt-no-file"


def _head(subject: AnySubject, system: System, place: str) -> bytes:
    done = rclone(subject, system, "cat", "--head", str(HEAD_BYTES), "--", place)
    if done.status:
        raise ProbeError(Reason.UNREADABLE_ANSWER, "rclone cat: the newest file cannot be read")
    return done.stdout

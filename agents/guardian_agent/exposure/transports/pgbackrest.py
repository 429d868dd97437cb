"""pgBackRest: how its repositories are reached, out of its own configuration.

Source: pgBackRest's configuration reference: `repoN-host` goes by SSH or by TLS with certificates,
object stores by HTTPS, whose certificate may go unverified; `posix` and `cifs` are paths.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from guardian_agent.errors import ProbeError
from guardian_agent.exposure.transports.places import Place
from guardian_agent.exposure.volumes.found import safe, unsafe, unsupported
from guardian_agent.exposure.volumes.tables import text_of
from guardian_agent.system import System
from guardian_agent.wire.facts.words import Reason

_CONFIGURATIONS = ("/etc/pgbackrest/pgbackrest.conf", "/etc/pgbackrest.conf")
_REPOSITORY = re.compile(r"repo([0-9]{1,3})-([a-z0-9-]+)", re.ASCII)
_STORES = frozenset({"s3", "azure", "gcs"})
_PATHS = frozenset({"posix", "cifs"})
_PATH = "/var/lib/pgbackrest"
_NO = frozenset({"n", "no", "0", "false"})


def repositories(settings: Mapping[str, object], system: System) -> list[Place]:
    """Return where each repository of a copy is; `settings` are its probe's, not yet decoded.

    Raises:
        ProbeError: PATH_MISSING where the named configuration is not, or it cannot be read.
    """
    config, wanted = settings.get("config"), settings.get("repo")
    options = _options(_text(config, system), str(settings.get("stanza")))
    known: dict[int, dict[str, str]] = {}
    for name, value in options:
        found = _REPOSITORY.fullmatch(name)
        if found is not None:
            known.setdefault(int(found[1]), {})[found[2]] = value
    chosen = known or {1: {}}
    return [_place(each) for number, each in chosen.items() if wanted in (None, number)]


def _text(config: object, system: System) -> str:
    """Return the configuration; without one of its own places pgBackRest takes its defaults."""
    if isinstance(config, str):
        text = text_of(system.files, config)
        if text is None:
            raise ProbeError(Reason.PATH_MISSING, f"{config}: not there")
        return text
    found = (text_of(system.files, path) for path in _CONFIGURATIONS)
    return next((text for text in found if text is not None), "")


def _options(text: str, stanza: str) -> Iterator[tuple[str, str]]:
    """Yield what holds for all, then what holds for the stanza, which comes after and wins."""
    sections: dict[str, list[tuple[str, str]]] = {}
    section = ""
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("[") and stripped.endswith("]"):
            section = stripped[1:-1]
        elif "=" in stripped and not stripped.startswith("#"):
            name, _, value = stripped.partition("=")
            sections.setdefault(section, []).append((name.strip(), value.strip()))
    yield from sections.get("global", [])
    yield from sections.get(stanza, [])


def _place(options: Mapping[str, str]) -> Place:
    if "host" in options:
        return Place(found=safe("tls" if options.get("host-type") == "tls" else "ssh"))
    kind = options.get("type", "posix")
    if kind in _STORES:
        verified = options.get("storage-verify-tls", "y") not in _NO
        return Place(found=safe("https") if verified else unsafe("tls-not-verified"))
    if kind == "sftp":
        return Place(found=safe("ssh"))
    if kind in _PATHS:
        return Place(path=options.get("path", _PATH))
    return Place(found=unsupported("unknown-place"))

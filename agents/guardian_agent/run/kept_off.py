"""Keep restore tests off what lives: their folder is emptied, so nothing else may lie there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guardian_agent.config import AgentConfig
from guardian_agent.errors import ConfigError
from guardian_agent.restore.livedata import is_below, is_excluded
from guardian_agent.run.places import sandbox_folder
from guardian_agent.system.ports import Files

_SCHEMES = ("file://", "local:")
"""In which tools name repositories on this machine."""
_NO_PLACE = frozenset({"root"})
"""Settings of copies that name a folder which nothing of the copy lies in."""


def refuse_overlap(config: AgentConfig, files: Files) -> None:
    """Refuse a sandbox folder that is, holds or lies in something live.

    Live is what a backup set names and where its copies lie. A folder that lies in a backup set may
    be excluded from it, and the agent's own state directory holds nobody's data.

    Raises:
        ConfigError: it is, with what to do.
    """
    folder = sandbox_folder(config)
    if not folder.startswith("/"):
        raise ConfigError(f"limits.sandbox is {folder!r}; expected an absolute path")
    folder = files.real(folder)
    own = is_below(folder, files.real(config.state.dir))
    for live in _live(config):
        real = files.real(live.place)
        inside = is_below(folder, real) and not own and not _is_excluded(folder, live.exclude)
        if inside or is_below(real, folder):
            raise ConfigError(
                f"restore tests would work in {folder}, and {live.what} lies in {live.place}; "
                "set limits.sandbox to a folder of its own"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Live:
    """A place that is live, whose it is, and what is left out of it."""

    what: str
    place: str
    exclude: tuple[str, ...] = ()


def _live(config: AgentConfig) -> Iterator[_Live]:
    for each in config.backup_sets:
        for place in each.paths:
            yield _Live(what=f"backup set {each.name!r}", place=place, exclude=each.exclude)
        for copy in each.copies:
            for key, value in copy.settings.items():
                local = _local(value)
                if local is not None and key not in _NO_PLACE:
                    yield _Live(what=f"{key} of copy {each.name}/{copy.name}", place=local)


def _is_excluded(folder: str, patterns: tuple[str, ...]) -> bool:
    parts = folder.split("/")
    return any(is_excluded("/".join(parts[:count]), patterns) for count in range(2, len(parts) + 1))


def _local(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    for scheme in _SCHEMES:
        value = value.removeprefix(scheme)
    return value if value.startswith("/") else None

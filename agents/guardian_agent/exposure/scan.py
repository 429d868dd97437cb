"""Look at every file under some paths: can it be read without a key, who gets at it, what is in it?

Nothing of a file's contents leaves this package: an answer is a state, a kind and a rule, a way in,
a count by kind.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from guardian_agent.config import Limits, Watch
from guardian_agent.errors import ProbeError
from guardian_agent.exposure.getting_at import GettingAt
from guardian_agent.exposure.hands import BOTH, Share
from guardian_agent.exposure.look import UNREADABLE, Aims, Bytes, Looker, Seen
from guardian_agent.exposure.memory import NOT, WHOLE, Memory
from guardian_agent.exposure.reach.beside import BESIDE
from guardian_agent.exposure.rounds import Pass, Sums
from guardian_agent.exposure.walk import Place, Walk
from guardian_agent.magic import Classified
from guardian_agent.system import Clock, System
from guardian_agent.wire.facts.exposures import Exposure, PersonalData, Reach
from guardian_agent.wire.facts.words import Reason
from guardian_agent.wire.names import Slug

_RULES = 2
"""Changes with what is looked for in a file: what was remembered by other rules is of no use."""

__all__ = ["Aims", "Bytes", "ScannedFile", "count_files", "memory_of", "observe", "scan_paths"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedFile:
    """One regular file: its path here, its size in bytes, and what it was found to be."""

    path: str
    size: int
    classified: Classified
    personal: Mapping[str, int]
    """Personal data in it: how many different values, by kind."""
    searched: bool
    """Whether all of it was searched, where that was wanted and it is readable."""
    readable_by: Slug | None
    """Who can fetch its bytes, `local-users` or `owner`; None where that was not asked."""
    ways: tuple[str, ...]
    """How others get at it, and what its contents give away."""


def scan_paths(
    paths: Sequence[str],
    limits: Limits,
    system: System,
    aims: Aims,
    on_file: Callable[[str], None] | None = None,
    on_repository: Callable[[str, Classified], None] | None = None,
) -> Iterator[ScannedFile]:
    """Yield every regular file at or below `paths`: a folder's files, then its folders, by name.

    Symbolic links below `paths` are not followed, special files are skipped, and what vanishes
    meanwhile is left out.

    Args:
        paths: files or folders; a link among them is followed, for the operator named it.
        limits: `scan_seconds` bounds the whole scan, `scan_bytes` the search for personal data.
        system: the machine.
        aims: what is looked for.
        on_file: called with each file's path before it is read.
        on_repository: called at the end with each backup repository that was met: its folder, and
            what it is as a whole.

    Raises:
        ProbeError: when not everything could be looked at, after all that could be was yielded;
            its reason is `budget_spent`, `path_missing` or `permission_denied`.
    """
    clock = system.clock
    deadline = clock.monotonic() + limits.scan_seconds
    looker = Looker(system.files, clock, aims, Bytes(limits.scan_bytes), deadline)
    walk = Walk(system.files)
    getting_at = GettingAt(system.files) if aims.reach else None
    for place in walk.places(paths):
        for name, seen in looker.looks(place, _wanted(place, clock, deadline, on_file)):
            if seen is not None:
                yield _scanned(place, name, seen, getting_at)
        if clock.monotonic() >= deadline:
            raise ProbeError(Reason.BUDGET_SPENT, "the scan's time is spent")
    if on_repository is not None:
        for folder, whole in sorted(looker.repositories.items()):
            on_repository(folder, whole)
    if walk.trouble is not None:
        raise walk.trouble


def _wanted(
    place: Place, clock: Clock, deadline: float, on_file: Callable[[str], None] | None
) -> Iterator[tuple[str, None]]:
    for name in place.names:
        if clock.monotonic() >= deadline:
            return
        if on_file is not None:
            on_file(place.shown(name))
        yield name, None


def _scanned(place: Place, name: str, seen: Seen, getting_at: GettingAt | None) -> ScannedFile:
    found = seen.found or UNREADABLE
    ways = {*seen.answer.open_to, *seen.answer.ways}
    if getting_at is not None and getting_at.has_key_beside(place, name, found):
        ways.add(BESIDE)
    return ScannedFile(
        path=place.shown(name),
        size=seen.row.size,
        classified=found,
        personal=dict(seen.answer.personal),
        searched=seen.answer.search in (NOT, WHOLE),
        readable_by=None if getting_at is None else getting_at.readable_by(place, name),
        ways=tuple(sorted(ways)),
    )


def count_files(paths: Sequence[str], system: System, seconds: float) -> int | None:
    """Return how many files there are at or below some paths; None where that takes longer."""
    until = system.clock.monotonic() + seconds
    files = 0
    for place in Walk(system.files).places(paths):
        files += len(place.names)
        if system.clock.monotonic() >= until:
            return None
    return files


def memory_of(state_dir: str, watch: str) -> Memory:
    """Return where the looks at a watched place lie in the agent's state."""
    return Memory(f"{state_dir}/looks", watch)


def observe(
    watch: Watch,
    limits: Limits,
    system: System,
    memory: Memory,
    left: Bytes,
    aims: Aims,
    *,
    remember: bool = False,
    share: Share = BOTH,
) -> Iterator[Exposure | Reach | PersonalData]:
    """Yield what lies under a watched name, as counts by kind and state.

    Args:
        watch: the place.
        limits: `scan_seconds` bounds the pass.
        system: the machine.
        memory: what earlier passes found there.
        left: what may still be searched for personal data in this pass.
        aims: what is looked for; see `aims_of`.
        remember: keep what this one finds; else the state is only read.
        share: when a second process helps.
    """
    began = system.clock.now()
    with system.files.giving_way():
        sums = _sums(watch, limits, system, aims, left, memory, remember=remember, share=share)
    yield _exposure(watch, began, sums)
    if aims.reach:
        yield _reach(watch, began, sums)
    if aims.personal:
        yield _personal(watch, began, sums)


def aims_of(watch: Watch, system: System, key: bytes) -> Aims:
    """Return what is looked for in a watched place.

    Args:
        watch: the place.
        system: the machine.
        key: the agent's secret, which decides where large files are looked at inside.

    Raises:
        ProbeError: PATH_MISSING where an owner is no user of this machine: nobody would be one.
    """
    numbers = {name: system.volumes.number(name) for name in watch.owners}
    for name, number in numbers.items():
        if number is None:
            raise ProbeError(Reason.PATH_MISSING, f"no user {name!r} on this machine")
    owners = frozenset(number for number in numbers.values() if number is not None)
    return Aims(owners=owners, personal=watch.personal_data, key=key)


def _sums(
    watch: Watch,
    limits: Limits,
    system: System,
    aims: Aims,
    left: Bytes,
    memory: Memory,
    *,
    remember: bool,
    share: Share,
) -> Sums:
    deadline = system.clock.monotonic() + limits.scan_seconds
    looker = Looker(system.files, system.clock, aims, left, deadline)
    settings = _settings(watch, aims)
    one = Pass(
        paths=watch.paths,
        settings=settings,
        system=system,
        looker=looker,
        deadline=deadline,
        share=share,
    )
    if remember:
        try:
            system.files.make_directory(memory.folder)
            return one.remembering(memory)
        except OSError:  # a full disk must not keep what can be read from being told
            pass
    return one.forgetting(memory)


def _settings(watch: Watch, aims: Aims) -> str:
    """Stand for what is looked for, and where."""
    said = [_RULES, list(watch.paths), sorted(aims.owners), aims.reach, aims.personal]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _exposure(watch: Watch, began: datetime, sums: Sums) -> Exposure:
    tally = sums.tally
    is_old = tally.oldest is not None and tally.oldest < int(began.timestamp())
    return Exposure(
        name=watch.name,
        scanned_at=began,
        complete=sums.reason is Reason.NONE,
        reason=sums.reason,
        counts=tally.kinds(),
        oldest_look_at=datetime.fromtimestamp(tally.oldest or 0, UTC) if is_old else None,
        turned_files=tally.turned_files,
        turned_bytes=tally.turned_bytes,
    )


def _reach(watch: Watch, began: datetime, sums: Sums) -> Reach:
    """State the ways; not complete where a file was not searched to its end for secrets."""
    tally, reason = sums.tally, sums.reason
    counts = tally.ways()
    if reason is Reason.NONE and tally.unread:
        reason = Reason.BUDGET_SPENT
    if reason is Reason.NONE and tally.closed:
        reason = Reason.UNSUPPORTED
    return Reach(
        name=watch.name,
        looked_at=began,
        complete=reason is Reason.NONE,
        reason=reason,
        counts=counts,
    )


def _personal(watch: Watch, began: datetime, sums: Sums) -> PersonalData:
    tally = sums.tally
    unsearched = Reason.BUDGET_SPENT if tally.unsearched else Reason.NONE
    reason = unsearched if sums.reason is Reason.NONE else sums.reason
    return PersonalData(
        name=watch.name,
        looked_at=began,
        complete=reason is Reason.NONE,
        reason=reason,
        files=tally.searched_files,
        bytes=tally.searched_bytes,
        counts=tally.personal(),
    )

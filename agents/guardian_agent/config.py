"""`agent.toml`: what this server backs up, how, and where client data lies."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from guardian_agent.errors import ConfigError, DecodeError
from guardian_agent.wire.decode import build
from guardian_agent.wire.names import Name, Slug
from guardian_agent.wire.scalars import suggestion

MAX_CONFIG_BYTES = 1024 * 1024

_TABLES = {
    "backup_sets": "backup_set",
    "exposures": "exposure",
    "volumes": "volume",
    "databases": "database",
    "buckets": "bucket",
    "copies": "copy",
    "tests": "test",
}
"""The model's plural fields by what a TOML file calls each of their tables."""
_ENDPOINT = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?/?", re.ASCII)
_COPY_KEYS = ("name", "tool", "storage")
_DATABASE_KEYS = ("name", "engine")
_TEST_KEYS = ("kind", "copy", "every", "within", "room_bytes")

SHORTEST_PERIOD = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Central:
    """Where statements go."""

    url: str
    """`https://host:port`, or `file:///folder` for a drop folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where the agent keeps its key, its spool and its manifests."""

    dir: str = "/var/lib/guardian-agent"
    """A folder of its own, readable by the agent's user alone."""
    spool_bytes: int = 64 * 1024 * 1024
    """Statements that wait for central; over it the oldest go, those of failures last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one pass may cost."""

    probe_seconds: int = 300
    """For looking at one copy."""
    output_bytes: int = 64 * 1024 * 1024
    """What a tool may answer to one question."""
    hash_bytes: int = 4 * 1024 * 1024 * 1024
    """Bytes of live data hashed in one pass; the rest waits for the next."""
    scan_seconds: int = 300
    """For one watched place."""
    scan_bytes: int = 4 * 1024 * 1024 * 1024
    """Readable data searched for secrets and personal data in a pass; the rest waits."""
    restore_bytes: int = 1024 * 1024 * 1024
    """Size of the restore sandbox, where a test says nothing else."""
    restore_seconds: int = 3600
    """For one restore test, where it says nothing else."""
    sandbox: str | None = None
    """Folder for restore tests; default `<state dir>/sandbox`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One place where a backup set is kept."""

    name: Name
    """As central's configuration lists it among the copies of its backup set."""
    tool: Slug
    """Which probe looks at it."""
    settings: dict[str, Any]
    """The probe's own, not yet decoded."""
    storage: Name | None = None
    """The device or service that it lies on: of copies on one storage only one is tested at once,
    and their tests are spread. Without it each copy is a storage of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTest:
    """One kind of restore test that a backup set gets; see `restore/kinds`."""

    kind: Slug
    """Which kind: a module's name in `restore/kinds`."""
    settings: dict[str, Any]
    """The kind's own, not yet decoded."""
    copy: Name | None = None
    """Which copy; without, every copy that the kind fits."""
    every: timedelta | None = None
    """How often; without, the kind's own period."""
    within: timedelta | None = None
    """How long it may take; without, `limits.restore_seconds`."""
    room_bytes: int | None = None
    """Size of its sandbox; without, `limits.restore_bytes`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreTests:
    """When restore tests may run and what they may take."""

    window: tuple[str, ...] = ("20:00-06:00",)
    """Maintenance windows in the server's time, such as "22:00-05:00" or "sat-sun 00:00-24:00";
    without any (`[]`), at any time. A test is begun inside one; it may end after it."""
    check_every: timedelta = timedelta(days=7)
    """How often a tool reads and checks its stored data: all of it, or the part whose turn it is
    where its settings divide it."""
    user: str = "nobody"
    """Whom throw-away databases run as where the agent is root: no database server runs as root."""
    memory_bytes: int = 4 * 1024 * 1024 * 1024
    """Memory of the tools and servers of one test."""
    processes: int = 256
    """Processes of one test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSet:
    """A named thing that must be recoverable."""

    name: Name
    """As central's configuration lists it for this server."""
    paths: tuple[str, ...] = ()
    """Its live data: files or folders (none for a database)."""
    exclude: tuple[str, ...] = ()
    """Shell patterns of live paths that the backup rightly leaves out."""
    copies: tuple[Copy, ...] = ()
    tests: tuple[PlannedTest, ...] = ()
    """Without any, every copy gets the kinds that fit it by default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A place where client data lies and must not be readable."""

    name: Name
    """As central's configuration lists it for this server."""
    paths: tuple[str, ...]
    """Files or folders; everything below them is looked at."""
    personal_data: bool = True
    """Whether readable files are searched for personal data, too."""
    owners: tuple[str, ...] = ()
    """Users to whom files there may belong; without any, their owners are not judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """Live data that must lie on an encrypted volume; swap is looked at with it."""

    name: Name
    """As central's configuration lists it for this server."""
    paths: tuple[str, ...] = ()
    """Files or folders; every mount at and below them is looked at."""
    bitlocker_file: str | None = None
    """What a Windows server exported of its volumes: `Get-BitLockerVolume | ConvertTo-Json`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A database server whose settings decide who can read its data."""

    name: Name
    """As central's configuration lists it for this server."""
    engine: Slug
    """Which kind: a module's name in `exposure/databases`."""
    settings: dict[str, Any]
    """The engine's own, not yet decoded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A bucket of an S3 store that client data lies in."""

    name: Name
    """As central's configuration lists it for this server."""
    bucket: str
    """What the store calls it."""
    endpoint: str | None = None
    """`https://host[:port]`; without, AWS."""
    region: str | None = None
    ca_file: str | None = None
    """Whose certificates are trusted (PEM); without, whose this machine trusts."""
    credentials_file: str | None = None
    """In AWS's own form, read-only credentials in it; without, nothing is asked but what a
    stranger could."""
    prefix: str = ""
    """Objects whose keys begin so are looked at."""
    objects: int = 20
    """How many of the newest objects are looked at."""
    read_objects: bool = False
    """Whether ranges of them are read, to tell ciphertext (the credentials need s3:GetObject)."""
    accounts: tuple[str, ...] = ()
    """Who may be let in besides its own account (AWS: the credentials'): numbers of accounts, ids
    of organisations, ids of canonical users."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs:
    """Where passwords of backup jobs are looked for, so that they stand in no file or process."""

    paths: tuple[str, ...] = (
        "/etc/crontab",
        "/etc/cron.d",
        "/etc/cron.hourly",
        "/etc/cron.daily",
        "/etc/cron.weekly",
        "/etc/cron.monthly",
        "/var/spool/cron",
        "/etc/systemd/system",
        "/etc/environment",
    )
    """Files or folders."""
    processes: bool = True
    """Whether command lines and environments of running processes are looked at, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The look for live data that is in no restore point: `[coverage]`."""

    enabled: bool = True
    """Whether it is made; without it central does not know of what lies beside the backup sets."""
    roots: tuple[str, ...] = ("/",)
    """Below which folders the usual places (`home`, `srv`, `var/www`) are looked for."""
    paths: tuple[str, ...] = ()
    """Further folders that hold live data."""
    databases: dict[str, tuple[Name, ...]] = field(default_factory=dict)
    """Data directory of a database server -> the backup sets that keep its databases, where that
    does not show by itself: several servers, or dumps that do not name their database."""
    seconds: int = 60
    """For measuring in one pass; the rest waits for the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentConfig:
    """The whole of `agent.toml`."""

    central: Central
    state: State = field(default_factory=State)
    limits: Limits = field(default_factory=Limits)
    restore_tests: RestoreTests = field(default_factory=RestoreTests)
    backup_sets: tuple[BackupSet, ...] = ()
    exposures: tuple[Watch, ...] = ()
    volumes: tuple[Volume, ...] = ()
    databases: tuple[Database, ...] = ()
    buckets: tuple[Bucket, ...] = ()
    jobs: Jobs | None = None
    """Without it, nothing is looked for."""
    coverage: Coverage = field(default_factory=Coverage)


def parse_config(text: str, where: str = "agent.toml") -> AgentConfig:
    """Decode `agent.toml`.

    Raises:
        ConfigError: with the file, the path in it, and what was expected.
    """
    try:
        config = build(AgentConfig, _shape(tomllib.loads(text)))
        _check_names(config)
        _check_paths(config)
        _check_tests(config)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{where}: not TOML: {error}") from error
    except DecodeError as error:
        raise ConfigError(f"{where}: {_as_written(str(error))}") from error
    return config


def _check_names(config: AgentConfig) -> None:
    """Refuse a name that stands twice: one's facts would be taken for the other's."""
    _once("backup set", [each.name for each in config.backup_sets])
    _once("exposure", [each.name for each in config.exposures])
    _once("volume", [each.name for each in config.volumes])
    _once("database", [each.name for each in config.databases])
    _once("bucket", [each.name for each in config.buckets])
    for number, bucket in enumerate(config.buckets):
        _check_endpoint(bucket.endpoint, f"$.buckets[{number}].endpoint")
    for each in config.backup_sets:
        _once(f"copy of backup set {each.name!r}", [copy.name for copy in each.copies])


def _check_endpoint(endpoint: str | None, path: str) -> None:
    if endpoint is not None and _ENDPOINT.fullmatch(endpoint) is None:
        raise DecodeError(f"{endpoint!r} is none; expected https://host[:port]", path)


def _check_paths(config: AgentConfig) -> None:
    """Refuse a relative path: what it names would depend on where the agent was started."""
    places = [(each.name, each.paths) for each in config.backup_sets]
    places += [(each.name, each.paths) for each in config.exposures]
    places += [(each.name, each.paths) for each in config.volumes]
    files = [(each.name, each.bitlocker_file) for each in config.volumes]
    places += [(name, (path,)) for name, path in files if path is not None]
    if config.jobs is not None:
        places.append((Name("jobs"), config.jobs.paths))
    places.append((Name("coverage"), (*config.coverage.roots, *config.coverage.paths)))
    places.append((Name("coverage"), tuple(config.coverage.databases)))
    for name, paths in places:
        for path in paths:
            if not path.startswith("/"):
                raise DecodeError(f"{name!r} has path {path!r}; expected an absolute one")
    for number, each in enumerate(config.volumes):
        if not each.paths and each.bitlocker_file is None:
            raise DecodeError("expected `paths` or `bitlocker_file`", f"$.volumes[{number}]")


def _check_tests(config: AgentConfig) -> None:
    """Refuse tests of no copy, tests planned twice, and windows that say nothing."""
    for number, each in enumerate(config.backup_sets):
        for index, test in enumerate(each.tests):
            path = f"$.backup_sets[{number}].tests[{index}]"
            _check_test(test, each, path)
            if any(_same(test, other) for other in each.tests[:index]):
                raise DecodeError(f"{test.kind!r} is planned twice for the same copy", path)
    if config.restore_tests.check_every < SHORTEST_PERIOD:
        raise DecodeError("expected at least 1h", "$.restore_tests.check_every")
    if config.restore_tests.window != RestoreTests().window:
        from guardian_agent.windows import parse_window  # noqa: PLC0415 - few say their own

        for index, text in enumerate(config.restore_tests.window):
            parse_window(text, f"$.restore_tests.window[{index}]")


def _check_test(test: PlannedTest, backup_set: BackupSet, path: str) -> None:
    copies = [copy.name for copy in backup_set.copies]
    if test.copy is not None and test.copy not in copies:
        known = suggestion(test.copy, copies) or f"; there are: {', '.join(copies) or 'none'}"
        raise DecodeError(f"backup set {backup_set.name!r} has no such copy{known}", f"{path}.copy")
    if test.every is not None and test.every < SHORTEST_PERIOD:
        raise DecodeError("expected at least 1h", f"{path}.every")


def _same(one: PlannedTest, other: PlannedTest) -> bool:
    """Say whether both plan the same kind for the same copy; without a name it is every copy."""
    overlap = one.copy == other.copy or None in (one.copy, other.copy)
    return one.kind == other.kind and overlap


def _once(what: str, names: Sequence[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise DecodeError(f"two entries are named {name!r}; give each {what} its own name")


def _as_written(message: str) -> str:
    """Name the tables of a decoding error's path as the file does."""
    for plural, singular in _TABLES.items():
        message = message.replace(f".{plural}[", f".{singular}[")
    return message


def _shape(data: dict[str, Any]) -> dict[str, Any]:
    """Turn TOML's singular tables into the model's plural fields."""
    shaped = dict(data)
    if "backup_set" in shaped:
        shaped["backup_sets"] = [_set(item) for item in shaped.pop("backup_set")]
    for plural in ("exposures", "volumes", "buckets"):
        if _TABLES[plural] in shaped:
            shaped[plural] = shaped.pop(_TABLES[plural])
    if "database" in shaped:
        shaped["databases"] = [_with_own(each, _DATABASE_KEYS) for each in shaped.pop("database")]
    return shaped


def _set(item: dict[str, Any]) -> dict[str, Any]:
    shaped = dict(item)
    if "copy" in shaped:
        shaped["copies"] = [_with_own(copy, _COPY_KEYS) for copy in shaped.pop("copy")]
    if "test" in shaped:
        shaped["tests"] = [_with_own(test, _TEST_KEYS) for test in shaped.pop("test")]
    return shaped


def _with_own(item: dict[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    """Keep what every such table has apart from the plugin's own settings."""
    common: dict[str, Any] = {key: item[key] for key in keys if key in item}
    rest = {key: value for key, value in item.items() if key not in common}
    return {**common, "settings": rest}

"""What decides who can read: whether volumes, databases, buckets and jobs can be asked about it.

How they are set up is not judged here: that is central's, and `guardian-agent show` prints it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from guardian_agent.cli._amounts import count
from guardian_agent.cli._doctor.line import Line, fail, ok, warn
from guardian_agent.config import AgentConfig, Bucket, Database, Jobs, Volume
from guardian_agent.errors import AgentError, ConfigError, ProbeError
from guardian_agent.run.bounds import bounded
from guardian_agent.system import System
from guardian_agent.wire.facts.exposures import Posture, Setting, Standing
from guardian_agent.wire.facts.words import Reason

_SECONDS = 60
_EXTRA = "pip install 'guardian-agent[s3]', where the agent is installed"
_SEE_ALL = (
    "let the agent read them: run it as root, without ProtectProc= in its unit; "
    "where /proc is mounted with hidepid, put its user into that group"
)
_NAME_FEWER = "name fewer files in jobs.paths"
_MENDS = {
    "no-credentials": "name `credentials_file`: read-only keys of the bucket's owner",
    "credentials-refused": "correct the keys in `credentials_file`, or this machine's clock",
    "no-such-bucket": "correct `bucket`, or `endpoint`",
    "bucket-elsewhere": "correct `region`",
    "no-answer": "check `endpoint`, `ca_file` and the network",
    "no-objects": "nothing is stored below `prefix` yet, or it is misspelt",
    "listing-cut-short": "name a `prefix`: too many objects to find the newest in time",
    "tool-missing": "install the tool that knows, such as cryptsetup's dmsetup or zfs",
    "tool-untrusted": "let root own the tool and its folders, and nobody else write them",
    "path-missing": "mount it, or correct `paths` in agent.toml",
    "server-not-asked": "let the agent's user ask the server: `user` of the [[database]]",
}
"""By the rule that a setting names."""
_TOLD_OF_UNSUPPORTED = ("tool-missing", "tool-untrusted", "server-not-asked")
"""What was not answered for a reason that can be mended; all else is as it is."""


def about_settings(config: AgentConfig, system: System) -> Iterator[Line]:
    """Yield what there is to say about volumes, databases, buckets and jobs."""
    limited = bounded(system, seconds=_SECONDS, output_bytes=config.limits.output_bytes)
    for volume in config.volumes:
        yield from _asked(f"volume {volume.name}", partial(_volume, volume, limited))
    for database in config.databases:
        yield from _asked(f"database {database.name}", partial(_database, database, limited))
    for bucket in config.buckets:
        yield from _asked(f"bucket {bucket.name}", partial(_bucket, bucket, system))
    if config.jobs is not None:
        yield _jobs(config.jobs, system)


def _volume(volume: Volume, system: System) -> Posture:
    from guardian_agent.exposure import volumes

    return volumes.observe(volume, system)


def _database(database: Database, system: System) -> Posture:
    from guardian_agent.exposure import databases

    return databases.observe(database, system)


def _bucket(bucket: Bucket, system: System) -> Posture:
    """Ask as a pass does, of one object, and read none."""
    from guardian_agent.exposure import buckets

    for fact in buckets.observe(replace(bucket, objects=1, read_objects=False), system):
        if isinstance(fact, Posture):
            return fact
    raise ProbeError(Reason.UNREADABLE_ANSWER, "nothing was told of it")


def _asked(check: str, ask: Callable[[], Posture]) -> Iterator[Line]:
    try:
        posture = ask()
    except ConfigError as error:
        yield fail(check, str(error), "correct agent.toml")
    except ProbeError as error:
        yield fail(check, f"{error.reason}: {error}", _mend_of(error))
    else:
        yield from told(check, posture.settings)


def _mend_of(error: AgentError) -> str:
    if "boto3" in str(error):
        return _EXTRA
    return "mend this, then run doctor again"


def told(check: str, settings: Iterable[Setting]) -> Iterator[Line]:
    """Say what could not be asked, once for each cause; else how much could be."""
    dark: dict[tuple[str, str | None], list[str]] = {}
    answers = 0
    for each in settings:
        if _is_dark(each):
            dark.setdefault((each.rule, each.permission), []).append(each.setting)
        else:
            answers += 1
    for (rule, permission), names in dark.items():
        yield warn(check, f"not known: {', '.join(names)}: {_cause(rule, permission)}",
                   _mend(rule, permission))  # fmt: skip
    if not dark:
        yield ok(check, f"it can be asked: {count(answers, 'answer')}")


def _is_dark(setting: Setting) -> bool:
    if setting.standing in (Standing.DENIED, Standing.FAILED):
        return True
    return setting.standing is Standing.UNSUPPORTED and setting.rule in _TOLD_OF_UNSUPPORTED


def _cause(rule: str, permission: str | None) -> str:
    if permission is None or rule in _MENDS:
        return rule.replace("-", " ")
    return f"permission {_spelt(permission)} is missing"


def _mend(rule: str, permission: str | None) -> str:
    if rule in _MENDS:
        return _MENDS[rule]
    if permission is None:
        return "guardian-agent show prints all that is known of it"
    if permission.startswith("s3."):
        return f"allow {_spelt(permission)} to the agent's credentials; see deploy/s3"
    if permission == "root":
        return "run the agent as root"
    if permission.startswith("cap_"):
        return f"run the agent as root, or give it {permission.upper()} (see its unit)"
    return f"give {_spelt(permission)} to the agent's user there"


def _spelt(permission: str) -> str:
    """Return a permission as its owner spells it: `s3:getbucketacl`."""
    return permission.replace(".", ":", 1)


def _jobs(jobs: Jobs, system: System) -> Line:
    from guardian_agent.exposure.reach.jobs import observe

    reason = observe(jobs, system).reason
    if reason is Reason.NONE:
        what = "job files and processes" if jobs.processes else "job files"
        return ok("jobs", f"{what} can be looked at")
    if reason is Reason.BUDGET_SPENT:
        return warn("jobs", "not all could be looked at: too many files", _NAME_FEWER)
    return warn("jobs", "not all could be looked at: some may not be read", _SEE_ALL)

"""Whether client data travels encrypted, apart from all else that `data.exposed` asks."""

from __future__ import annotations

from collections.abc import Iterator

from guardian_agent.wire import postures as names
from guardian_agent.wire.observations import Setting, Standing

from guardian.domain.requirement.judging import findings_of, hold, joined
from guardian.domain.requirement.kinds import Answer, Case, Said
from guardian.domain.requirement.seen import named, servers
from guardian.domain.setting_words import fault

ON_ITS_WAY = frozenset(
    {
        names.SHARE_ENCRYPTED,
        names.TRANSPORT_ENCRYPTED,
        names.TLS_ENABLED,
        names.TLS_REQUIRED,
        names.TLS_VERSION,
        names.TLS_ONLY,
        names.PLAIN_HTTP,
        names.HBA_CLEAR_PASSWORD,
    }
)
"""Settings that decide it."""
UNSAFE = (Standing.UNSAFE, Standing.NOT_SET)


def travels_encrypted(case: Case, controls: tuple[str, ...]) -> Said:
    """Answer by the settings on the way, also those that are tolerated as they are.

    Where the controls fail for something else (a file that everybody reads), that is no answer to
    this: only where they pass is it known that everything was looked at lately.
    """
    bad = list(_plain(case))
    if bad:
        return Said(answer=Answer.CONTRARY, reason=joined(bad, "; "))
    said = hold(case, controls)
    if said.answer is not Answer.CONTRARY:
        return said
    failing = [control for control in controls if findings_of(case, control)]
    reason = (
        f"nothing travels in clear text that was looked at, but {joined(failing)} does not hold"
    )
    return Said(answer=Answer.UNKNOWN, reason=reason)


def _plain(case: Case) -> Iterator[str]:
    for server in servers(case):
        for fact in server.looked_at():
            wrong = [fault(each) for each in fact.settings if _is_plain(each)]
            if wrong:
                yield f"{named(server, fact)}: {joined(wrong)}"


def _is_plain(setting: Setting) -> bool:
    return setting.setting in ON_ITS_WAY and setting.standing in UNSAFE

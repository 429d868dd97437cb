"""Ask one of the machine's own tools, bounded; what it complains of stays here."""

from __future__ import annotations

from guardian_agent.errors import ProbeError
from guardian_agent.exposure.volumes.found import Found, denied, failed, unsupported
from guardian_agent.probing.tool import find_tool, run_tool
from guardian_agent.system import System
from guardian_agent.wire.facts.words import Reason

_SECONDS = 20.0
_UNASKED = {Reason.TOOL_MISSING: "tool-missing", Reason.TOOL_UNTRUSTED: "tool-untrusted"}


def ask(system: System, tool: str, *words: str, permission: str | None = None) -> str | Found:
    """Return what a tool says, or why it said nothing.

    Args:
        system: the machine.
        tool: its name.
        words: its arguments.
        permission: what one who is not root lacks where it fails.
    """
    try:
        done = run_tool(system, [find_tool(system, tool), *words], seconds=_SECONDS)
    except ProbeError as error:
        rule = _UNASKED.get(error.reason)
        return failed("tool-stopped") if rule is None else unsupported(rule)
    if done.status:
        is_root = permission is None or system.files.user_id() == 0
        return failed("tool-failed") if is_root else denied(permission or "root")
    return done.stdout.decode("utf-8", "surrogateescape")

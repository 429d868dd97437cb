"""docs/reference/agent.md, made from the agent itself."""

from __future__ import annotations

from tests.agent.reference import commands, configuration, facts, kinds, postures, probes

HEAD = """\
# Agent

`guardian-agent` runs on a client's server: commands, configuration, probes, and all that leaves
the server.
"""


def page() -> str:
    """Return the page."""
    sections = (commands, configuration, kinds, probes, postures, facts)
    return "\n".join([HEAD, *(each.section() for each in sections)])

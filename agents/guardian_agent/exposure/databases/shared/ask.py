"""Ask a database server by its own client, which may write nothing and is ended in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from guardian_agent.errors import ProbeError
from guardian_agent.probing.tool import find_tool
from guardian_agent.system import Completed, Confinement, System
from guardian_agent.wire.facts.words import Reason

_SECONDS = 30.0
_BYTES = 8 * 1024 * 1024
_NOWHERE = "/nonexistent"


def ask(
    system: System,
    binary: str,
    words: Sequence[str],
    *,
    environment: Mapping[str, str],
    user: str | None,
    network: bool,
) -> Completed:
    """Run the client, whatever its exit status.

    Args:
        system: the machine.
        binary: the client.
        words: its arguments.
        environment: added to a clean one; a password stands there, never among the arguments.
        user: whom it runs as, for servers that let in whom the kernel says it is.
        network: whether it may use the network; a socket needs none.

    Raises:
        ProbeError: TOOL_MISSING, TOOL_UNTRUSTED, TIMEOUT, OUTPUT_LIMIT; INTERNAL when it cannot be
            started, as by an unknown user.
    """
    confinement = Confinement(writable=(), home=_NOWHERE, user=user, network=network)
    program = find_tool(system, binary)
    try:
        done = system.processes.run(
            [program, *words],
            environment=environment,
            seconds=_SECONDS,
            output_limit=_BYTES,
            confinement=confinement,
        )
    except OSError as error:
        raise ProbeError(Reason.INTERNAL, f"{binary}: could not be started") from error
    if done.timed_out:
        raise ProbeError(Reason.TIMEOUT, f"{binary} was stopped after {done.seconds:.0f} s")
    if done.over_limit:
        raise ProbeError(Reason.OUTPUT_LIMIT, f"{binary} wrote more than it may")
    return done

"""Zstandard, which Python 3.11 cannot unpack: read through the `zstd` tool."""

from __future__ import annotations

from collections.abc import Sequence

from guardian_agent.errors import ProbeError
from guardian_agent.probing.look import reading
from guardian_agent.probing.tool import find_tool
from guardian_agent.system import Completed, System
from guardian_agent.wire.facts.words import Reason

MAGIC = b"\x28\xb5\x2f\xfd"
_OUTPUT_BYTES = 1024 * 1024


def is_zstandard(system: System, path: str) -> bool:
    """Say whether a file begins as a Zstandard frame does."""
    with reading(path), system.files.open(path) as file:
        return file.read(len(MAGIC)) == MAGIC


def filtered(
    system: System, path: str, words: Sequence[str], seconds: float, *, whole: bool = True
) -> Completed:
    """Unpack `path` into a command's standard input; to its end, where the `whole` is wanted.

    Raises:
        ProbeError: DAMAGED when it cannot be unpacked; TIMEOUT, OUTPUT_LIMIT, TOOL_MISSING.
    """
    tool, *rest = words
    done = system.processes.run(
        [find_tool(system, tool), *rest],
        seconds=seconds,
        output_limit=_OUTPUT_BYTES,
        feeder=[find_tool(system, "zstd"), "-dcq", path],
    )
    if done.timed_out:
        raise ProbeError(Reason.TIMEOUT, f"{path}: not read to its end in time")
    if done.over_limit:
        raise ProbeError(Reason.OUTPUT_LIMIT, f"{path}: more lines match than an honest one has")
    if whole and done.feeder_status:
        raise ProbeError(Reason.DAMAGED, f"{path}: zstd could not unpack it")
    return done

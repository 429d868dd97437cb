"""Loads a SQLite copy where only the servant may run what reads it; prints the rows found.

python as_servant.py COPY FOLDER
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from guardian_agent.errors import ProbeError
from guardian_agent.probe import Fetched, Form
from guardian_agent.probing.sqlite_copy import SqliteCopy
from guardian_agent.restore.engines.sqlite import ENGINE
from guardian_agent.wire.observations import Reason

from tests.agent.restore.rooms import room


class Refusing:
    """A room's own commands, without the one that reads databases."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def run(self, arguments: Any, **how: Any) -> Any:
        if sys.executable in arguments:
            raise ProbeError(Reason.INTERNAL, "only the servant reads")
        return self._inner.run(arguments, **how)

    def find(self, name: str) -> str | None:
        found: str | None = self._inner.find(name)
        return found


def main() -> None:
    with room(Path(sys.argv[2])) as whole:
        processes: Any = Refusing(whole.system.processes)
        made = replace(whole, system=replace(whole.system, processes=processes))
        copy = SqliteCopy(system=made.system, path=sys.argv[1], deadline=float("inf"))
        path = copy.bring(made.folder, made.limit)
        fetched = Fetched(path=path, form=Form.FILE, own=True)
        asked = ("select count(*) from orders",)
        loaded = ENGINE.load(fetched, made, None, asked, lambda _text, _share: None)
        sys.stdout.write(f"{loaded.contents.rows} {loaded.values[0].number}\n")


if __name__ == "__main__":
    main()

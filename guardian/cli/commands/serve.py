"""`guardian serve`: central, running."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(epilog="\b\nExamples:\n  guardian serve\n  guardian --config ./guardian.toml serve")
@click.pass_obj
def serve(config: Path) -> int:
    """Receive statements, judge them, and serve metrics until SIGTERM.

    Writes its log to stdout, one JSON object a line. One central at a time may serve a store; all
    other commands work beside it.
    """
    from guardian.app import open_app
    from guardian.app.serving import serve as run

    app = open_app(config, central=True)
    try:
        return run(app)
    finally:
        app.close()


COMMAND = serve

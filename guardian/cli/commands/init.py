"""`guardian init`: keys, store, and a commented configuration."""

from __future__ import annotations

from pathlib import Path

import click

SYSTEM_FOLDER = Path("/etc/guardian")
SYSTEM_STORE = "/var/lib/guardian"
LOCAL_URL = "https://127.0.0.1:8443"


@click.command(
    epilog="\b\nExamples:\n  guardian init --url https://guardian.example:8443\n"
    "  guardian --config ./guardian.toml init --url file:///srv/drop"
)
@click.option(
    "--url",
    metavar="URL",
    help=f"Where agents deliver: https://host:port or file:///folder.  [default: {LOCAL_URL}]",
)
@click.option("--name", default="My company", show_default=True, help="The provider's name.")
@click.option(
    "--store",
    metavar="DIR",
    help=f"Where central keeps its data.  [default: {SYSTEM_STORE}, or `store` beside a "
    "configuration that lies elsewhere than in /etc/guardian]",
)
@click.pass_obj
def init(config: Path, url: str | None, name: str, store: str | None) -> None:
    """Make what central needs: a configuration, its signing key, its certificate, its store.

    What is there already is left as it is, so it may be run again.
    """
    from guardian.app.setup import initialise
    from guardian.cli.terminal import say, tell
    from guardian.config import load_config

    made = _configuration(config, url or LOCAL_URL, name, store or _store(config))
    settings = load_config(config)
    if url is not None and settings.url != url.rstrip("/"):
        raise click.UsageError(
            f"{config} is there already and says url = {settings.url!r}; change it there, then "
            "run `guardian init` again without --url."
        )
    made += initialise(settings.store_dir, settings.url)
    for path in made:
        say(str(path))
    tell("Nothing was missing." if not made else f"{len(made)} files made.")
    _say_next(config)


def _store(config: Path) -> str:
    return SYSTEM_STORE if config.parent == SYSTEM_FOLDER else "store"


def _configuration(config: Path, url: str, name: str, store: str) -> list[Path]:
    """Write the files that are missing, and return them."""
    from guardian.cli.templates import EXAMPLE, guardian_toml
    from guardian.config.guardian_file import parse_guardian
    from guardian.config.load import CLIENTS_FOLDER

    clients = config.parent / CLIENTS_FOLDER
    texts = {clients / "example.toml.example": EXAMPLE}
    if not config.exists():
        texts[config] = guardian_toml(name, store, url)
        parse_guardian(texts[config], str(config), config.parent)
    return [path for path, text in texts.items() if _write(path, text)]


def _write(path: Path, text: str) -> bool:
    """Write a file that is not there yet, and say whether it was written."""
    from guardian.errors import ConfigError

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        return False
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from error
    return True


def _say_next(config: Path) -> None:
    from guardian.cli.root import DEFAULT_CONFIG
    from guardian.cli.terminal import tell

    guardian = "guardian" if config == DEFAULT_CONFIG else f"guardian --config {config}"
    clients = config.parent / "clients.d"
    tell("Next:")
    tell(f"  1. cp {clients}/example.toml.example {clients}/acme.toml, and change it")
    tell(f"  2. {guardian} agent token --client acme --server web1 > web1.token")
    tell(f"  3. {guardian} serve")


COMMAND = init

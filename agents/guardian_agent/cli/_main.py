"""Find the command, load what it needs, turn errors into one line and an exit status."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol, cast

from guardian_agent import __version__
from guardian_agent.cli._frame import Load, complain, flush
from guardian_agent.errors import AgentError, ConfigError, StateError

if TYPE_CHECKING:
    from guardian_agent.config import AgentConfig
    from guardian_agent.system import System

DEFAULT_CONFIG = "/etc/guardian/agent.toml"

HELP_WIDTH = 78

EXIT_ERROR = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


class Command(Protocol):
    """What a module in this folder must hold.

    With `APART = True` nothing that it mounts or starts outlives it (`Volumes.apart`).
    """

    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the command's own options."""

    def execute(self, options: argparse.Namespace, load: Load, system: System) -> int:
        """Do it and return the exit status."""


def main(arguments: Sequence[str] | None = None, system: System | None = None) -> int:
    """Run one command and return its exit status.

    Args:
        arguments: the command line without the program's name; default: this process's.
        system: the machine; default: the real one.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        command, options = _parse(words)
    except SystemExit as stop:
        return cast("int", stop.code or 0)
    machine = system or _real_system()
    carry_out = partial(_carry_out, command, options, machine)
    return machine.volumes.apart(carry_out) if getattr(command, "APART", False) else carry_out()


def commands() -> list[str]:
    """Return the names of all commands, as they are typed."""
    folder = importlib.import_module("guardian_agent.cli").__path__
    names = [module.name for module in pkgutil.iter_modules(folder)]
    return sorted(name.replace("_", "-") for name in names if not name.startswith("_"))


def _carry_out(command: Command, options: argparse.Namespace, machine: System) -> int:
    try:
        status = command.execute(options, lambda: _load(options.config, machine), machine)
        flush()
    except ConfigError as error:
        complain(f"guardian-agent: {error}")
        return EXIT_USAGE
    except AgentError as error:
        complain(f"guardian-agent: {error}")
        return EXIT_ERROR
    except BrokenPipeError:
        # `guardian-agent scan ... | head`: whoever read has seen enough, and needs no word of it.
        return EXIT_ERROR
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    return status


def _parse(words: list[str]) -> tuple[Command, argparse.Namespace]:
    """Let the frame read what stands before the command's name, and the command the rest."""
    split = _command_index(words)
    frame = _frame_parser()
    before = frame.parse_args(words[:split])
    if split == len(words):
        frame.error("which command? See guardian-agent --help")
    name = words[split]
    if name not in commands():
        frame.error(f"no command {name!r}; there are: {', '.join(commands())}")
    command = _import(name)
    parser = argparse.ArgumentParser(
        prog=f"guardian-agent {name}",
        description=f"{command.HELP}.",
        allow_abbrev=False,
        formatter_class=_formatter(argparse.HelpFormatter),
    )
    _add_config(parser, before.config)
    command.add_arguments(parser)
    return command, parser.parse_args(words[split + 1 :])


def _command_index(words: list[str]) -> int:
    index = 0
    while index < len(words) and words[index].startswith("-"):
        index += 2 if words[index] == "--config" else 1
    return min(index, len(words))


def _import(name: str) -> Command:
    module = importlib.import_module(f"guardian_agent.cli.{name.replace('-', '_')}")
    return cast("Command", module)


def _frame_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="guardian-agent",
        usage="guardian-agent [--config FILE] COMMAND ...",
        formatter_class=_formatter(argparse.RawDescriptionHelpFormatter),
        allow_abbrev=False,
        add_help=False,
    )
    parser.add_argument("-h", "--help", action=_Help, nargs=0, help="show this and end")
    version = f"guardian-agent {__version__}"
    parser.add_argument("--version", action="version", version=version, help="show it and end")
    _add_config(parser, DEFAULT_CONFIG)
    return parser


def _formatter(kind: type[argparse.HelpFormatter]) -> Callable[..., argparse.HelpFormatter]:
    """Return `kind` for 80 columns: to ask the terminal it would import compressors (`shutil`)."""
    return partial(kind, width=HELP_WIDTH)


def _add_config(parser: argparse.ArgumentParser, default: str) -> None:
    parser.add_argument(
        "--config", metavar="FILE", default=default, help=f"configuration (default {default})"
    )


class _Help(argparse.Action):
    """Name every command with its line: the only time that all of them are imported."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        lines = [f"  {name:<14}{_import(name).HELP}" for name in commands()]
        parser.epilog = "commands:\n" + "\n".join(lines)
        parser.print_help()
        parser.exit()


def _real_system() -> System:
    from guardian_agent.system.real import real_system

    return real_system()


def _load(path: str, system: System) -> AgentConfig:
    from guardian_agent.config import MAX_CONFIG_BYTES, parse_config

    try:
        text = system.files.read(path, MAX_CONFIG_BYTES).decode("utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; name the file with --config") from error
    except (StateError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: expected at most 1 MiB of UTF-8 text") from error
    return parse_config(text, path)

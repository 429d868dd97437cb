"""`guardian-agent enroll`: get an identity for a token."""

from __future__ import annotations

import argparse
import sys

from guardian_agent.cli._frame import Load, say
from guardian_agent.errors import ConfigError, StateError
from guardian_agent.system import System

HELP = "get this server's identity from central, for a token"

EXIT_NOT_YET = 3

_MAX_TOKEN_BYTES = 8192


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument(
        "--token-file",
        metavar="FILE",
        required=True,
        help="file with the enrolment token; - reads it from standard input",
    )
    parser.epilog = (
        "Through a drop folder the answer takes a while: exit status 3 says that the request is "
        "left there; run the same command again to finish."
    )


def execute(options: argparse.Namespace, load: Load, system: System) -> int:
    """Enrol; 0 when this server has its identity, 3 when the answer is not there yet."""
    from guardian_agent.delivery.enrolment import enroll

    identity = enroll(load(), system, _token(options.token_file, system))
    if identity is None:
        say("The request lies in the drop folder. Run this again once central has answered it.")
        return EXIT_NOT_YET
    name = f"{identity.client}/{identity.agent}"
    say(f"Enrolled as {name}, epoch {identity.epoch}, key {identity.key_id[:16]}.")
    return 0


def _token(path: str, system: System) -> str:
    if path == "-":
        return sys.stdin.read(_MAX_TOKEN_BYTES)
    try:
        return system.files.read(path, _MAX_TOKEN_BYTES).decode("ascii")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: an enrolment token is plain text") from error
    except OSError as error:
        raise ConfigError(
            f"{path}: {error.strerror}; name the file that holds the token"
        ) from error
    except StateError as error:
        raise ConfigError(f"{path}: no enrolment token is as long as this") from error

"""Reading the files and holding them against each other; all parsing is done from their texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from guardian import checks as installed
from guardian.config.client_file import Decisions, parse_client
from guardian.config.custody import in_custody
from guardian.config.guardian_file import parse_guardian
from guardian.config.policy import Checks
from guardian.config.settings import Client, Settings
from guardian.config.words import skeleton
from guardian.domain.check import AnyCheck
from guardian.errors import ConfigError

CLIENTS_FOLDER = "clients.d"
MAX_BYTES = 1024 * 1024
"""No file made by people is larger."""


def load_config(path: Path, checks: Sequence[AnyCheck] | None = None) -> Settings:
    """Read guardian.toml and every clients.d/*.toml beside it.

    Args:
        path: guardian.toml.
        checks: the controls that may be agreed on; default: all that are installed.

    Raises:
        ConfigError: a file that cannot be read or used; one line for each such file.
    """
    known = {check.control: check for check in (installed.load() if checks is None else checks)}
    central = parse_guardian(read_text(path), str(path), path.parent)
    clients, decisions = _clients(path.parent / CLIENTS_FOLDER, known)
    return Settings(
        path=path,
        provider_name=central.provider_name,
        store_dir=central.store_dir,
        listen=central.listen,
        operator=central.operator,
        url=central.url,
        judging_interval=central.judging_interval,
        witness_interval=central.witness_interval,
        clients=clients,
        decisions=decisions,
    )


def read_text(path: Path) -> str:
    """Return a configuration file's text.

    Raises:
        ConfigError: it cannot be read, is no UTF-8, or is far larger than any such file.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        hint = "; `guardian init` writes one" if isinstance(error, FileNotFoundError) else ""
        raise ConfigError(f"{path}: cannot be read: {error.strerror}{hint}") from error
    if len(data) > MAX_BYTES:
        raise ConfigError(f"{path}: larger than {MAX_BYTES} bytes")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 at byte {error.start}") from None


def _clients(folder: Path, checks: Checks) -> tuple[tuple[Client, ...], Decisions]:
    clients: list[Client] = []
    decisions: Decisions = {}
    faults: list[str] = []
    for file in _files(folder):
        try:
            where = f"{CLIENTS_FOLDER}/{file.name}"
            client, decided = parse_client(read_text(file), where, checks)
        except ConfigError as error:
            faults.append(str(error))
        else:
            clients.append(client)
            decisions.update(decided)
    faults += _clashes(clients)
    if not faults:
        clients, faults = in_custody(clients)
    if faults:
        raise ConfigError("\n".join(faults))
    return tuple(sorted(clients, key=lambda client: client.id)), decisions


def _files(folder: Path) -> list[Path]:
    """Return the clients' files by name; hidden ones are what editors leave behind."""
    try:
        found = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be read: {error.strerror}") from error
    return sorted(file for file in found if not file.name.startswith("."))


def _clashes(clients: Iterable[Client]) -> list[str]:
    """Return what two clients share that must tell them apart."""
    ids: dict[str, Client] = {}
    names: dict[str, Client] = {}
    faults: list[str] = []
    for client in clients:
        other = ids.setdefault(client.id, client)
        if other is not client:
            faults.append(f"{client.file}: client {client.id!r} stands in {other.file} already")
            continue
        other = names.setdefault(skeleton(client.name), client)
        if other is not client:
            faults.append(
                f"{client.file}: at $.client.name: a reader takes {client.name!r} for "
                f"{other.name!r} of {other.file}"
            )
    return faults

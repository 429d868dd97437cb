"""Data of clients in the provider's own custody: one client's file names another client."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from guardian_agent.wire.names import Name

from guardian.config.settings import Client, Server


def in_custody(clients: Sequence[Client]) -> tuple[list[Client], list[str]]:
    """Let each server with data of another client know when that client left.

    Returns:
        The clients, and what is wrong: who is looked after no more keeps a file with `offboarded`
        until its data is gone.
    """
    known = {client.id: client for client in clients}
    faults = [
        fault
        for client in clients
        for number, server in enumerate(client.servers)
        if (fault := _fault(client, number, server, known)) is not None
    ]
    if faults:
        return list(clients), faults
    return [_informed(client, known) for client in clients], []


def _fault(client: Client, number: int, server: Server, known: Mapping[Name, Client]) -> str | None:
    named = server.custody_of
    if named is None or (named in known and named != client.id):
        return None
    where = f"{client.file}: at $.server[{number}].custody_of"
    if named == client.id:
        return f"{where}: {named!r} is this client itself; its own data is in nobody's custody"
    close = difflib.get_close_matches(named, known, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    return (
        f"{where}: no client {named!r}{hint}; a client that left keeps its file, with "
        "`offboarded`, until its data is gone"
    )


def _informed(client: Client, known: Mapping[Name, Client]) -> Client:
    return replace(client, servers=tuple(_of(server, known) for server in client.servers))


def _of(server: Server, known: Mapping[Name, Client]) -> Server:
    if server.custody_of is None:
        return server
    left = known[server.custody_of].offboarded
    return replace(server, plan=replace(server.plan, offboarded=left))

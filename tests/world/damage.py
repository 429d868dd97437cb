"""Damage that a disk does to a PostgreSQL server's data."""

from __future__ import annotations

from tests.world.postgresql import PostgreSQL


def break_page(server: PostgreSQL, table: str) -> None:
    """Flip a bit in a table's page while the server is down; nothing notices until it is read."""
    place = server.sql(f"select pg_relation_filepath('{table}')").output.strip()
    server.sql("checkpoint")
    server.stop("fast")
    file = server.data / place
    data = bytearray(file.read_bytes())
    data[8192 + 4000] ^= 0x40
    file.write_bytes(data)
    server.start()

"""A SQLite database of a shop, and copies of it: made well, and made by copying a file in use."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

CUSTOMERS = 200
ORDERS = 5000

_SCHEMA = """
create table customers (id integer primary key, name text not null);
create table orders (
  id integer primary key, customer integer references customers, euros real, placed text, note text
);
create index orders_by_note on orders (note);
"""


def make_shop(path: Path, *, wal: bool = False) -> None:
    """Make the database with customers and orders, the last placed on 2026-11-20."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with opened(path) as shop:
        shop.execute(f"pragma journal_mode = {'wal' if wal else 'delete'}")
        shop.executescript(_SCHEMA)
        customers = [(n, f"Customer {n}") for n in range(1, CUSTOMERS + 1)]
        orders = [
            (n, 1 + n % CUSTOMERS, n * 1.19, f"2026-11-{1 + n % 20:02} 08:00:00", f"note {n % 97}")
            for n in range(1, ORDERS + 1)
        ]
        shop.execute("begin")
        shop.executemany("insert into customers values (?, ?)", customers)
        shop.executemany("insert into orders values (?, ?, ?, ?, ?)", orders)
        shop.execute("commit")


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the database; transactions are the caller's."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def back_up(path: Path, target: Path) -> None:
    """Copy as SQLite's own `.backup` does: one moment, whoever writes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with opened(path) as source, opened(target) as copy:
        source.backup(copy)


def copy_while_written(path: Path, target: Path, *, journal: bool = False) -> None:
    """Copy the file as `cp` does, in the middle of a transaction that is then ended.

    The writer's cache is small, so that pages of the transaction are in the file before its end, as
    they are in any large one.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with opened(path) as shop:
        shop.execute("pragma cache_size = 10")
        shop.execute("begin")
        shop.execute("update orders set note = 'changed ' || (id * 7919 % 5003), euros = euros * 2")
        shop.execute("delete from orders where id % 3 = 0")
        shutil.copy(path, target)
        if journal:
            shutil.copy(f"{path}-journal", f"{target}-journal")
        shop.execute("commit")


def copy_with_log(path: Path, target: Path, *, log: bool = True) -> None:
    """Copy a database in WAL mode while a program has it open, with its log or without.

    The program has placed an order that is in the log alone.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with opened(path) as shop:
        shop.execute("pragma wal_autocheckpoint = 0")
        shop.execute("insert into orders values (null, 1, 1.0, '2026-11-21 09:00:00', '')")
        shutil.copy(path, target)
        if log:
            shutil.copy(f"{path}-wal", f"{target}-wal")

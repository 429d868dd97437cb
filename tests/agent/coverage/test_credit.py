from __future__ import annotations

import gzip

import pytest
from guardian_agent.coverage.area import Area
from guardian_agent.coverage.credit import Credit, credited
from guardian_agent.coverage.dumps import Dump
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.coverage.scene import Live

PG, MARIA = "/var/lib/postgresql/15/main", "/var/lib/mysql"
SHOP, CRM = f"{PG}/base/16384", f"{PG}/base/16385"
CLUSTER = (Area(PG, "postgresql"), Area(SHOP, "postgresql"), Area(CRM, "postgresql"))
TABLES = (
    Area(MARIA, "mariadb"),
    Area(f"{MARIA}/shop", "mariadb"),
    Area(f"{MARIA}/crm", "mariadb"),
)
SIZES = {SHOP: 100, CRM: 50}
NONE, PERHAPS, KEPT = Credit.NONE, Credit.PERHAPS, Credit.KEPT


def of_pg(**fields: object) -> tuple[str, Dump]:
    return "db", Dump(engine="postgresql", **{"whole": False, **fields})


def of_maria(**fields: object) -> tuple[str, Dump]:
    return "db", Dump(engine="mariadb", **{"whole": False, **fields})


@pytest.mark.parametrize(
    ("backups", "found"),
    [
        ([], (NONE, NONE, NONE)),
        ([of_maria(whole=True)], (NONE, NONE, NONE)),
        ([of_pg(whole=True)], (KEPT, KEPT, KEPT)),
        ([of_pg()], (KEPT, PERHAPS, NONE)),
        ([of_pg(series=2)], (KEPT, PERHAPS, PERHAPS)),
    ],
)
def test_backups_of_postgresql(backups: list, found: tuple) -> None:
    known = credited(CLUSTER, backups, {}, SIZES)
    assert tuple(known[area.path] for area in CLUSTER) == found


def test_one_database_has_one_dump() -> None:
    assert credited(CLUSTER[:2], [of_pg()], {}, {}) == {PG: KEPT, SHOP: KEPT}


@pytest.mark.parametrize(
    ("backups", "found"),
    [
        ([], (NONE, NONE, NONE)),
        ([of_maria(whole=True)], (KEPT, KEPT, KEPT)),
        ([of_maria(names=frozenset({"shop"}))], (KEPT, KEPT, NONE)),
        ([of_maria(names=frozenset({"shop"}), is_named=False)], (KEPT, KEPT, PERHAPS)),
    ],
)
def test_backups_of_mariadb_by_name(backups: list, found: tuple) -> None:
    known = credited(TABLES, backups, {}, {})
    assert tuple(known[area.path] for area in TABLES) == found


def test_of_several_servers_only_their_number_tells() -> None:
    other = Area("/var/lib/postgresql/16/main", "postgresql")
    found = credited((*CLUSTER, other), [of_pg(whole=True)], {}, SIZES)
    assert found == {PG: PERHAPS, SHOP: PERHAPS, CRM: PERHAPS, other.path: NONE}


def test_the_operators_word_counts_where_there_is_a_restore_point() -> None:
    told = {f"{PG}/": ["db"], "/elsewhere": ["other"]}
    assert set(credited(CLUSTER, [of_pg()], told, SIZES).values()) == {KEPT}
    assert set(credited(CLUSTER, [], told, SIZES).values()) == {NONE}
    assert set(credited(CLUSTER, [of_pg(whole=True)], {PG: []}, SIZES).values()) == {NONE}
    spoken_for = {"/elsewhere": ["db"]}
    assert set(credited(CLUSTER, [of_pg(whole=True)], spoken_for, SIZES).values()) == {NONE}


@given(
    st.lists(
        st.builds(
            Dump,
            engine=st.sampled_from(["postgresql", "mariadb"]),
            whole=st.booleans(),
            names=st.frozensets(st.sampled_from(["shop", "crm", "x"])),
            series=st.integers(1, 4),
            is_named=st.booleans(),
        )
    )
)
def test_more_backups_never_prove_less(dumps: list[Dump]) -> None:
    backups = [("db", dump) for dump in dumps]
    known = credited((*CLUSTER, *TABLES), backups[:-1], {}, SIZES)
    more = credited((*CLUSTER, *TABLES), backups, {}, SIZES)
    assert known.keys() == more.keys()
    for path, credit in known.items():
        # A dump without a name makes of "certainly not" a "perhaps", never the other way round.
        assert more[path].value >= credit.value


def mariadb(live: Live) -> None:
    live.put("/var/lib/mysql/ibdata1", 5)
    live.put("/var/lib/mysql/mysql/user.frm", 6)
    live.put("/var/lib/mysql/shop/orders.ibd", 70)
    live.put("/var/lib/mysql/crm/people.ibd", 80)


def test_servers_and_their_databases_are_found() -> None:
    live = Live(paths=())
    live.put(f"{PG}/PG_VERSION", 3)
    live.put(f"{SHOP}/2619", 40)
    live.put(f"{PG}/base/5/2619", 8)
    live.put("/data/pg/PG_VERSION", 4)
    live.put("/data/pg/base/16384/1", 9)
    live.system.files.put("/var/run/postgresql/.s.PGSQL.5433.lock", b"71\n/data/pg\n1\n5433\n")
    live.system.files.put("/run/postgresql/.s.PGSQL.5433.lock", b"71\n")
    mariadb(live)
    assert live.open() == {
        PG: 11,
        SHOP: 40,
        "/data/pg": 4,
        "/data/pg/base/16384": 9,
        "/var/lib/mysql": 11,
        "/var/lib/mysql/shop": 70,
        "/var/lib/mysql/crm": 80,
    }


def test_mariadbs_data_is_where_its_configuration_says() -> None:
    live = Live(paths=())
    live.system.files.put("/etc/mysql/mariadb.conf.d/50.cnf", b"[mysqld]\ndatadir = /data/my\n")
    live.put("/data/my/ibdata1", 5)
    live.put("/data/my/shop/orders.ibd", 6)
    assert live.open() == {"/data/my": 5, "/data/my/shop": 6}


def test_a_server_as_its_package_made_it_has_no_live_data() -> None:
    live = Live(paths=())
    live.put("/var/lib/mysql/ibdata1", 5)
    live.put("/var/lib/mysql/mysql/user.frm", 6)
    live.system.files.special("/run/mysqld/mysqld.sock")
    live.put(f"{PG}/PG_VERSION", 3)
    live.put(f"{PG}/base/5/2619", 8)
    found = live.look()
    assert (found.total, found.complete) == (0, True)


def test_a_server_that_runs_and_whose_data_was_not_found_is_a_doubt() -> None:
    live = Live(paths=())
    live.system.files.special("/run/mysqld/mysqld.sock")
    assert not live.look().complete


def test_data_that_may_not_be_entered_is_an_area() -> None:
    live = Live(paths=())
    live.put("/var/lib/mysql/ibdata1", 5)
    live.put(f"{PG}/PG_VERSION", 5)
    live.system.files.fail("scan", "/var/lib/mysql")
    live.system.files.fail("scan", PG)
    for path, kind in (("/var/lib/mysql", "mariadb"), (PG, "postgresql")):
        area = live.area(path)
        assert (area.kind, area.reason.value) == (kind, "permission_denied")


def test_packed_dumps_tell_their_database() -> None:
    from guardian_agent import probes
    from guardian_agent.coverage.dumps import dump_of
    from guardian_agent.probe import Subject

    live = Live()
    head = b"-- MariaDB dump\n--\n-- Host: localhost    Database: shop\n"
    live.system.files.put("/dumps/nightly-2026-11-21.sql.gz", gzip.compress(head))
    probe = probes.find("mariadb_dump")
    assert probe is not None
    subject = Subject(
        backup_set=live.config.backup_sets[0],
        copy="local",
        settings=probe.settings(path="/dumps", pattern="*.sql.gz"),
        key=b"k",
    )
    found = dump_of(probe, subject, {}, (), live.system)
    assert found is not None
    assert (found.whole, found.is_named, "shop" in found.names) == (False, True, True)
    live.system.files.put("/dumps/all-databases-2026-11-22.sql.gz", b"\x1f\x8bdamaged")
    again = dump_of(probe, subject, {}, (), live.system)
    assert again is not None
    assert again.whole


def test_a_dump_that_is_made_no_more_keeps_nothing() -> None:
    from guardian_agent import probes
    from guardian_agent.coverage.dumps import dump_of
    from guardian_agent.probe import Subject

    live = Live()
    probe = probes.find("mariadb_dump")
    assert probe is not None
    day = 24 * 3600 * 10**9
    now = live.system.clock.nanoseconds()
    for name, days in (("crm", 0), ("weekly", 7), ("shop", 30), ("all-databases", 90)):
        path = f"/dumps/{name}-2026.sql"
        live.system.files.put(path, b"-- MariaDB dump", modified_ns=now - days * day)
    subject = Subject(
        backup_set=live.config.backup_sets[0],
        copy="local",
        settings=probe.settings(path="/dumps", pattern="*.sql"),
        key=b"k",
    )
    found = dump_of(probe, subject, {}, (), live.system)
    assert found is not None
    assert not found.whole
    assert found.series == 2
    assert {"crm", "weekly"} <= found.names
    assert not {"shop", "all-databases"} & found.names

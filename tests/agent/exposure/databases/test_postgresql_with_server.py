"""Each bad setting of a real PostgreSQL server, flipped one by one: found, and nothing else."""

from __future__ import annotations

import os
import pwd
import tempfile
import time
from pathlib import Path

import pytest
from guardian_agent.config import Database
from guardian_agent.errors import ProbeError
from guardian_agent.exposure.databases import observe
from guardian_agent.system.real import real_system
from guardian_agent.wire.facts.words import Reason
from guardian_agent.wire.names import Name, Slug

from tests.world.commands import run
from tests.world.ports import reserve_one
from tests.world.postgresql import PostgreSQL, postgresql

pytestmark = pytest.mark.tools

GOOD = """
local all all peer map=everybody
host all all 127.0.0.1/32 scram-sha-256
hostssl shop shop 192.0.2.0/24 scram-sha-256
"""
SAFE_OF_THIS_MACHINE = {"at-rest-encrypted"}
"""What the machine that runs the test decides: no setting of the server's."""


_GOOD_VALUES = {"ssl": "on", "ssl_min_protocol_version": "'TLSv1.2'"}


@pytest.fixture(scope="module")
def server():
    port = reserve_one()
    # The second address is nobody's: the server warns and goes on, and says that it listens there.
    listen = "127.0.0.1,192.0.2.1"
    with postgresql(f"listen_addresses = '{listen}'", listen=listen, port=port) as server:
        _certificate(server)
        users = ("postgres", "watcher")
        ident = "".join(f"everybody /^.*$ {user}\n" for user in users)
        (server.data / "pg_ident.conf").write_text(ident)
        (server.data / "pg_hba.conf").write_text(GOOD)
        server.sql("alter system set ssl = on")
        _reload(server, "ssl")
        server.sql("create role shop login password 'shop-secret'")
        server.sql("create role watcher login")
        yield server


def _certificate(server: PostgreSQL) -> None:
    words = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=shop", "-days", "2")
    key, certificate = server.data / "server.key", server.data / "server.crt"
    run("openssl", *words, "-keyout", key, "-out", certificate).checked()
    key.chmod(0o600)
    if server.user is not None:
        who = pwd.getpwnam(server.user)
        for path in (key, certificate):
            os.chown(path, who.pw_uid, who.pw_gid)


def posture(server: PostgreSQL, **given):
    settings = {"socket": str(server.folder), "port": server.port} | given
    settings["binary"] = str(server.programs / "psql")
    database = Database(name=Name("orders-db"), engine=Slug("postgresql"), settings=settings)
    return observe(database, real_system())


def bad(server: PostgreSQL, **given) -> dict[str, tuple[str, int]]:
    """Return what is not safe: the rule, and of how many."""
    found = posture(server, **given).settings
    return {
        each.setting: (each.rule, each.items)
        for each in found
        if each.standing.value != "safe" and each.setting not in SAFE_OF_THIS_MACHINE
    }


@pytest.fixture
def hba(server):
    """Write the list of who is let in; the harness's own entry comes back afterwards."""
    path = server.data / "pg_hba.conf"
    before = path.read_text()

    def write(text: str) -> None:
        path.write_text(text)

    yield write
    path.write_text(before)


@pytest.fixture
def changed(server):
    """Change a server's setting for a while."""
    names = []

    def change(name: str, value: str) -> None:
        names.append(name)
        server.sql(f"alter system set {name} = {value}")
        _reload(server, name)

    yield change
    for name in names:
        server.sql(f"alter system set {name} = {_GOOD_VALUES[name]}")
        _reload(server, name)


def _reload(server: PostgreSQL, name: str) -> None:
    """Let the server read its files, and wait until a new connection sees what they say."""
    server.sql("select pg_reload_conf()")
    for _ in range(200):
        said = server.sql(
            "select s.setting = (select f.setting from pg_file_settings f"
            " where f.name = s.name order by seqno desc limit 1)"
            f" from pg_settings s where name = '{name}'"
        )
        if said.output.strip() == "t":
            return
        time.sleep(0.02)
    raise RuntimeError(f"{name} did not change")


def test_a_good_server_has_nothing_to_say(server, hba):
    hba(GOOD)
    assert bad(server) == {}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("local all all trust", {"hba-trust": ("trust-local", 1)}),
        (
            "host shop shop 198.51.100.0/24 password",
            {"tls-required": ("without-tls", 1), "hba-clear-password": ("clear-password", 1)},
        ),
        (
            "host shop shop 198.51.100.0/24 scram-sha-256",
            {"tls-required": ("without-tls", 1)},
        ),
        ("hostssl shop shop 198.51.100.0 255.255.255.0 md5", {"hba-md5": ("md5", 1)}),
        ("hostssl shop shop 0.0.0.0/0 scram-sha-256", {"hba-anyone": ("any-address", 1)}),
        ("hostssl shop shop all scram-sha-256", {"hba-anyone": ("any-address", 1)}),
        (
            "hostssl shop all 198.51.100.0/24 scram-sha-256",
            {"superuser-over-network": ("superuser", 1)},
        ),
        (
            "hostssl shop shop 198.51.100.0/24 trust",
            {"hba-trust": ("trust-network", 1)},
        ),
    ],
)
def test_an_entry_is_found(server, hba, line, expected):
    hba(f"{line}\n{GOOD}")
    assert bad(server) == expected


def test_a_broken_entry_is_not_known(server, hba):
    hba(f"{GOOD}host all all nonsense\n")
    found = bad(server)
    assert {rule for rule, _ in found.values()} == {"broken-entry"}
    assert "hba-trust" in found


def test_tls_is_switched_off(server, hba, changed):
    hba(GOOD)
    changed("ssl", "off")
    assert bad(server) == {"tls-enabled": ("ssl-off", 1)}


def test_an_old_tls_is_let_in(server, hba, changed):
    hba(GOOD)
    changed("ssl_min_protocol_version", "'TLSv1'")
    assert bad(server) == {"tls-version": ("old-tls", 1)}


def test_a_password_kept_as_md5(server, hba):
    server.sql("set password_encryption = 'md5'; create role old login password 'x'")
    hba(GOOD)
    assert bad(server) == {"passwords-hashed": ("md5-hash", 1)}
    server.sql("drop role old")


def test_files_that_everybody_reads(server, hba):
    hba(GOOD)
    with tempfile.TemporaryDirectory(prefix="guardian-dumps-") as made:
        dumps = Path(made)
        (dumps / "orders.dump").write_text("PGDMP")
        (dumps / "orders.dump").chmod(0o644)
        assert bad(server, dumps=[made]) == {}
        dumps.chmod(0o755)
        assert bad(server, dumps=[made]) == {"dumps-closed": ("others-read", 1)}


def test_who_may_not_ask_does_not_know(server, hba):
    found = bad(server, user="watcher")
    assert found["hba-trust"] == ("denied", 1)
    assert found["passwords-hashed"] == ("denied", 1)
    assert found["data-directory-closed"] == ("denied", 1)
    assert "tls-enabled" not in found
    hba(f"local all all trust\n{GOOD}")
    listed = bad(server, user="watcher", hba_file=str(server.data / "pg_hba.conf"))
    assert listed["hba-trust"] == ("trust-local", 1)


def test_the_kernel_says_who_asks(server, hba):
    """`peer` lets in whom the client runs as: it is run as that user."""
    if server.user is None:
        pytest.skip("only root may run the client as another user")
    server.sql(f'create role "{server.user}" login superuser')
    hba(f"local all {server.user},shop peer\n{GOOD}")
    server.sql("select pg_reload_conf()")
    assert bad(server, user=server.user, run_as=server.user) == {}
    with pytest.raises(ProbeError) as caught:
        posture(server, user="shop", run_as=server.user)
    assert caught.value.reason is Reason.PERMISSION_DENIED
    server.sql(f'drop role "{server.user}"')


def test_its_files_say_the_same(server, hba):
    hba(f"host shop shop 198.51.100.0/24 password\n{GOOD}")
    settings = {"config_file": str(server.data / "postgresql.conf")}
    database = Database(name=Name("orders-db"), engine=Slug("postgresql"), settings=settings)
    read = {
        each.setting: (each.rule, each.items)
        for each in observe(database, real_system()).settings
        if each.standing.value != "safe" and each.setting not in SAFE_OF_THIS_MACHINE
    }
    assert read.pop("passwords-hashed") == ("denied", 1)
    assert read.pop("superuser-over-network") == ("server-not-asked", 1)
    assert read == bad(server)


def test_no_server_at_all(server, tmp_path):
    with pytest.raises(ProbeError) as caught:
        posture(server, socket=str(tmp_path))
    assert caught.value.reason is Reason.NO_REPOSITORY


def test_a_server_that_listens_everywhere():
    with postgresql(listen="*", port=reserve_one()) as server:
        found = bad(server)
    assert found["listen-local"] == ("all-addresses", 1)
    assert found["tls-enabled"] == ("ssl-off", 1)
    assert "hba-trust" in found

"""Each bad setting of a real MariaDB server, flipped one by one: found, and nothing else."""

from __future__ import annotations

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
from tests.world.mariadb import MariaDB, mariadb
from tests.world.ports import reserve_one

pytestmark = pytest.mark.tools

TABLE = "CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY) ENGINE=InnoDB;"
LISTENS = {"listen-local": ("all-addresses", 1)}
"""Of every address there is one that is not loopback: the server can be reached, as it must be."""
ENCRYPTING = (
    "--plugin-load-add=file_key_management",
    "--innodb-encrypt-tables=ON",
    "--innodb-encryption-threads=2",
    "--innodb-encrypt-log=ON",
    "--encrypt-tmp-files=ON",
)
OTHER_ROOTS = (
    "DELETE FROM mysql.global_priv WHERE User = 'root' AND Host <> 'localhost'; FLUSH PRIVILEGES"
)
"""The installation makes one for the machine's own name and for each loopback address."""
GOOD_ROOT = "SET PASSWORD FOR root@localhost = PASSWORD('root-secret')"


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory(prefix="guardian-mariadb-keys-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        subject = ("-subj", "/CN=shop", "-days", "2", "-nodes", "-newkey", "rsa:2048")
        key, certificate = folder / "key.pem", folder / "certificate.pem"
        run("openssl", "req", "-x509", *subject, "-keyout", key, "-out", certificate).checked()
        (folder / "keys").write_text(f"1;{'ab' * 32}\n")
        (folder / "root").write_text("root-secret\n")
        for path in (key, folder / "keys"):
            path.chmod(0o644)
        yield folder


@pytest.fixture(scope="module")
def server(folder):
    words = (
        "--skip-networking=0",
        "--bind-address=0.0.0.0",
        f"--port={reserve_one()}",
        f"--ssl-cert={folder / 'certificate.pem'}",
        f"--ssl-key={folder / 'key.pem'}",
        "--tls-version=TLSv1.2,TLSv1.3",
        *ENCRYPTING,
        f"--file-key-management-filename={folder / 'keys'}",
    )
    with mariadb(TABLE, *words) as server:
        run_sql(server, "CREATE USER watcher@localhost IDENTIFIED BY 'watcher-secret'")
        (folder / "watcher").write_text("watcher-secret\n")
        run_sql(server, OTHER_ROOTS)
        run_sql(server, GOOD_ROOT)
        wait_encrypted(server, folder)
        yield server


def run_sql(server: MariaDB, script: str, password: str = "") -> str:
    words = ("--no-defaults", f"--socket={server.socket}", "--user=root", "-BN")
    given = {"MYSQL_PWD": password}
    return run("mariadb", *words, stdin=script, environment=given).checked().output


def sql(server: MariaDB, script: str) -> str:
    return run_sql(server, script, "root-secret")


def wait_encrypted(server: MariaDB, folder: Path) -> None:
    """Wait until the server's own threads have encrypted all that there was before."""
    for _ in range(600):
        if "at-rest-encrypted" not in bad(server, folder, everything=True):
            return
        time.sleep(0.05)
    raise RuntimeError("the server does not encrypt its tables")


def posture(server: MariaDB, folder: Path, **given):
    settings = {"socket": str(server.socket), "password_file": str(folder / "root")} | given
    database = Database(name=Name("orders-db"), engine=Slug("mariadb"), settings=settings)
    return observe(database, real_system())


def bad(server: MariaDB, folder: Path, *, everything: bool = False, **given):
    """Return what is not safe: the rule, and of how many."""
    of_this_machine = () if everything else ("key-on-plain-volume",)
    return {
        each.setting: (each.rule, each.items)
        for each in posture(server, folder, **given).settings
        if each.standing.value != "safe" and each.setting not in of_this_machine
    }


def test_a_good_server_has_nothing_to_say(server, folder):
    assert bad(server, folder) == LISTENS


@pytest.mark.parametrize(
    ("flip", "back", "expected"),
    [
        (
            "CREATE USER app@'192.0.2.%' IDENTIFIED BY 'x'",
            "DROP USER app@'192.0.2.%'",
            {"tls-required": ("without-tls", 1)},
        ),
        (
            "CREATE USER app@'192.0.2.%' IDENTIFIED BY 'x' REQUIRE SSL",
            "DROP USER app@'192.0.2.%'",
            {},
        ),
        (
            "CREATE USER app@'%' IDENTIFIED BY 'x'",
            "DROP USER app@'%'",
            {"tls-required": ("without-tls", 1), "users-from-anywhere": ("any-address", 1)},
        ),
        (
            "CREATE USER app@'%' IDENTIFIED BY 'x' REQUIRE X509",
            "DROP USER app@'%'",
            {},
        ),
        (
            "GRANT ALL ON *.* TO boss@'192.0.2.1' IDENTIFIED BY 'x' REQUIRE SSL",
            "DROP USER boss@'192.0.2.1'",
            {"superuser-over-network": ("superuser", 1)},
        ),
        (
            "CREATE USER open@localhost",
            "DROP USER open@localhost",
            {"users-have-passwords": ("empty-password", 1)},
        ),
        (
            "CREATE USER open@localhost ACCOUNT LOCK",
            "DROP USER open@localhost",
            {},
        ),
        (
            "CREATE USER asked@localhost IDENTIFIED VIA unix_socket",
            "DROP USER asked@localhost",
            {},
        ),
        (
            "CREATE USER two@localhost IDENTIFIED VIA unix_socket OR mysql_native_password",
            "DROP USER two@localhost",
            {"users-have-passwords": ("empty-password", 1)},
        ),
        (
            "CREATE USER ''@localhost IDENTIFIED BY 'x'",
            "DROP USER ''@localhost",
            {"anonymous-users": ("anonymous", 1)},
        ),
        ("CREATE ROLE everything; GRANT ALL ON *.* TO everything", "DROP ROLE everything", {}),
        (
            "CREATE TABLE shop.plain (id INT) ENGINE=MyISAM",
            "DROP TABLE shop.plain",
            {"at-rest-encrypted": ("plain-tables", 1)},
        ),
        (
            "CREATE TABLE shop.open (id INT PRIMARY KEY) ENGINE=InnoDB ENCRYPTED=NO",
            "DROP TABLE shop.open",
            {"at-rest-encrypted": ("plain-tables", 1)},
        ),
    ],
)
def test_a_flip_is_found(server, folder, flip, back, expected):
    sql(server, f"{flip};")
    try:
        assert bad(server, folder) == LISTENS | expected
    finally:
        sql(server, f"{back};")


def test_tls_is_required_of_all(server, folder):
    sql(server, "CREATE USER app@'%' IDENTIFIED BY 'x'; SET GLOBAL require_secure_transport = ON;")
    try:
        assert bad(server, folder) == LISTENS
    finally:
        sql(server, "SET GLOBAL require_secure_transport = OFF; DROP USER app@'%';")


def test_the_file_of_keys(server, folder):
    """It lies on the same disk as the data: whoever has the one has the other."""
    found = bad(server, folder, everything=True)
    assert found.get("key-on-plain-volume") in (None, ("key-beside-data", 1))


def test_who_may_not_ask_does_not_know(server, folder):
    given = {"user": "watcher", "password_file": str(folder / "watcher")}
    found = posture(server, folder, **given).settings
    standing = {each.setting: (each.standing.value, each.permission) for each in found}
    assert standing["users-have-passwords"] == ("denied", "select-on-global_priv")
    assert standing["tls-required"] == ("denied", "select-on-global_priv")
    assert standing["at-rest-encrypted"] in (("denied", "process"), ("safe", None))
    assert standing["tls-enabled"] == ("safe", None)


def test_a_plain_table_is_not_hidden_from_the_least_rights(server, folder):
    given = {"user": "least", "password_file": str(folder / "watcher")}
    sql(
        server,
        "CREATE USER least@localhost IDENTIFIED BY 'watcher-secret';"
        "GRANT SELECT ON mysql.global_priv TO least@localhost;"
        "GRANT PROCESS ON *.* TO least@localhost;"
        "CREATE TABLE shop.plain (a INT) ENGINE=MyISAM",
    )
    try:
        hidden = bad(server, folder, **given)
        assert hidden["at-rest-encrypted"] in (("denied", 1), ("plain-tables", 1))
        sql(server, "GRANT SHOW VIEW ON *.* TO least@localhost")
        assert bad(server, folder, **given)["at-rest-encrypted"] == ("plain-tables", 1)
        sql(server, "DROP TABLE shop.plain")
        assert "at-rest-encrypted" not in bad(server, folder, **given)
    finally:
        sql(server, "DROP TABLE IF EXISTS shop.plain; DROP USER least@localhost")


def test_a_wrong_password(server, folder):
    with pytest.raises(ProbeError) as caught:
        posture(server, folder, password_file=str(folder / "keys"))
    assert caught.value.reason is Reason.WRONG_PASSWORD
    with pytest.raises(ProbeError) as caught:
        posture(server, folder, socket=str(folder / "none"))
    assert caught.value.reason is Reason.NO_REPOSITORY


def test_a_server_as_it_comes(folder):
    """Neither TLS nor encryption, and its root has no password."""
    words = ("--skip-networking=0", f"--port={reserve_one()}", "--tls-version=TLSv1.1,TLSv1.2")
    with mariadb(TABLE, *words) as server:
        (folder / "empty").write_text("\n")
        found = bad(server, folder, password_file=str(folder / "empty"))
        data = server.folder / "data"
        assert found.pop("at-rest-encrypted", ("plain-disk", 1)) == ("plain-disk", 1)
        assert found == LISTENS | {
            "tls-enabled": ("ssl-off", 1),
            "tls-required": ("without-tls", 1),
            "superuser-over-network": ("superuser", 1),
            "users-have-passwords": ("empty-password", 4),
        }
        (data / "shop").chmod(0o755)
        (data / "shop" / "orders.ibd").chmod(0o644)
        for path in (data, server.folder):
            path.chmod(0o755)
        found = bad(server, folder, password_file=str(folder / "empty"))
        assert found["data-directory-closed"] == ("others-read", 1)

"""What is told of database servers, by scripted clients and by configuration files."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from guardian_agent.config import Database
from guardian_agent.errors import ConfigError, ProbeError
from guardian_agent.exposure.databases import names, observe, prove_known
from guardian_agent.exposure.databases.maria.users import users_of
from guardian_agent.exposure.databases.shared.folders import readable
from guardian_agent.system import Completed
from guardian_agent.wire import postures
from guardian_agent.wire.facts.words import Reason
from guardian_agent.wire.names import Name, Slug
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.fakes import Call, FakeSystem

MOUNTS = b"1 0 8:1 / / rw - tmpfs tmpfs rw\n"
SECRET = "Tr0ub4dor-secret"


def database(engine: str, **settings: object) -> Database:
    return Database(name=Name("orders-db"), engine=Slug(engine), settings=settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine(FakeSystem):
    """A machine whose clients answer by a word of the question; 0 without such a word."""

    answers: dict[str, Completed] = field(default_factory=dict)

    def when(self, word: str, **answer: Any) -> None:
        """Answer questions that hold a word; the newest such word counts."""
        self.answers.pop(word, None)
        given = {"status": 0, "stdout": b"", "stderr": b"", "seconds": 0.1} | answer
        self.answers[word] = Completed(**given)

    def answer(self, call: Call) -> Completed:
        """Return what is said to a call."""
        said = [done for word, done in self.answers.items() if word in call.arguments[-1]]
        return said[-1] if said else Completed(status=0, stdout=b"0\n", stderr=b"", seconds=0.1)


def machine() -> Machine:
    system = Machine()
    system.files.user = 0
    system.files.put("/proc/self/mountinfo", MOUNTS)
    for folder in ("/data/pg_wal", "/var/lib/mysql"):
        system.files.make_directory(folder)
    return system


def told(system: Machine, engine: str, **settings: object) -> dict[str, list[tuple[str, str, int]]]:
    found = observe(database(engine, **settings), system)
    assert (found.subject, found.name) == ("database", "orders-db")
    assert {each.setting for each in found.settings} <= postures.ENCRYPTION | postures.EXPOSURE
    said: dict[str, list[tuple[str, str, int]]] = {}
    for each in found.settings:
        said.setdefault(each.setting, []).append((each.standing.value, each.rule, each.items))
    return said


# PostgreSQL

PG = {
    "listen_addresses": "192.0.2.1",
    "ssl": "on",
    "ssl_min_protocol_version": "TLSv1.2",
    "data_directory": "/data",
}


def postgresql(**changes: object) -> Machine:
    system = machine()
    values = {name: value for name, value in (PG | changes).items() if value is not None}
    system.processes.answer_with(system.answer, "psql")
    asked = {
        "pg_settings": json.dumps(values),
        "pg_hba_file_rules": "[]",
        "pg_tablespace": "[]",
        "recursive groups": json.dumps([{"name": "postgres", "groups": ["postgres"]}]),
    }
    for word, text in asked.items():
        system.when(word, stdout=text.encode())
    return system


def test_postgresql_as_it_should_be():
    found = told(postgresql(), "postgresql", socket="/run/postgresql")
    assert {standing for parts in found.values() for standing, _, _ in parts} == {"safe"}
    assert found["at-rest-encrypted"] == [("safe", "in-memory", 2)]


@pytest.mark.parametrize(
    ("changes", "setting", "expected"),
    [
        ({"listen_addresses": "*"}, "listen-local", ("unsafe", "all-addresses", 1)),
        ({"listen_addresses": "0.0.0.0"}, "listen-local", ("unsafe", "all-addresses", 1)),
        ({"listen_addresses": "localhost, ::"}, "listen-local", ("unsafe", "all-addresses", 1)),
        ({"listen_addresses": "localhost,::1"}, "listen-local", ("safe", "local-only", 1)),
        ({"listen_addresses": ""}, "tls-enabled", ("safe", "local-only", 1)),
        ({"listen_addresses": None}, "listen-local", ("denied", "denied", 1)),
        ({"ssl": "off"}, "tls-enabled", ("unsafe", "ssl-off", 1)),
        ({"ssl": "off"}, "tls-version", ("safe", "no-tls", 1)),
        ({"ssl": None}, "tls-enabled", ("denied", "denied", 1)),
        ({"ssl_min_protocol_version": "TLSv1.1"}, "tls-version", ("unsafe", "old-tls", 1)),
        ({"ssl_min_protocol_version": ""}, "tls-version", ("unsafe", "old-tls", 1)),
        ({"ssl_min_protocol_version": None}, "tls-version", ("denied", "denied", 1)),
        ({"data_directory": None}, "at-rest-encrypted", ("denied", "denied", 1)),
        ({"data_directory": None}, "data-directory-closed", ("denied", "denied", 1)),
        ({"data_directory": "/none"}, "data-directory-closed", ("failed", "path-missing", 1)),
        ({"data_directory": "/none"}, "at-rest-encrypted", ("failed", "path-missing", 2)),
    ],
)
def test_one_value_of_postgresql(changes, setting, expected):
    assert told(postgresql(**changes), "postgresql", socket="/run")[setting] == [expected]


ROW = {
    "type": "host",
    "database": ["all"],
    "user_name": ["all"],
    "address": "0.0.0.0",
    "netmask": "0.0.0.0",
    "auth_method": "password",
    "error": None,
}


def test_entries_are_judged_unless_nobody_can_come():
    system = postgresql()
    system.when("pg_hba_file_rules", stdout=json.dumps([ROW]).encode())
    found = told(system, "postgresql", socket="/run")
    for setting in ("tls-required", "hba-clear-password", "hba-anyone", "superuser-over-network"):
        assert found[setting][0][0] == "unsafe"
    system = postgresql(listen_addresses="localhost")
    system.when("pg_hba_file_rules", stdout=json.dumps([ROW]).encode())
    found = told(system, "postgresql", socket="/run")
    assert found["hba-anyone"] == [("safe", "local-only", 1)]
    system.when("pg_hba_file_rules", stdout=json.dumps([ROW | {"auth_method": "trust"}]).encode())
    found = told(system, "postgresql", socket="/run")
    assert found["hba-trust"] == [("unsafe", "trust-network", 1)]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"status": 1, "stderr": b"ERROR:  permission denied for view"}, ("denied", "denied", 1)),
        ({"status": 1, "stderr": b"ERROR:  no such relation"}, ("failed", "refused", 1)),
        ({"stdout": b"not json"}, ("failed", "unreadable-answer", 1)),
    ],
)
def test_a_question_that_is_not_answered(answer, expected):
    system = postgresql()
    for word in ("pg_hba_file_rules", "pg_authid"):
        system.when(word, **answer)
    found = told(system, "postgresql", socket="/run")
    assert found["hba-trust"] == [expected]
    assert found["passwords-hashed"] == [expected]
    assert found["tls-enabled"] == [("safe", "ssl-on", 1)]


def test_an_answer_of_another_form_is_not_believed():
    system = postgresql()
    system.when("pg_hba_file_rules", stdout=b'{"type": "host"}')
    system.when("pg_authid", stdout=b"true")
    system.when("recursive", stdout=b"{}")
    system.when("pg_tablespace", stdout=b"7")
    found = told(system, "postgresql", socket="/run")
    assert found["hba-trust"] == [("failed", "broken-entry", 1)]
    assert found["passwords-hashed"] == [("failed", "unreadable-answer", 1)]


REFUSED = {"status": 1, "stderr": b"ERROR:  permission denied for view pg_roles"}
TIMED_OUT = {"status": 1, "stderr": b"ERROR:  canceling statement due to statement timeout"}


@pytest.mark.parametrize("answer", [REFUSED, TIMED_OUT, {"stdout": b"7"}, {"stdout": b"null"}])
@pytest.mark.parametrize(
    ("word", "setting"),
    [("recursive groups", "superuser-over-network"), ("pg_tablespace", "at-rest-encrypted")],
)
def test_what_was_not_told_is_not_nobody_and_nowhere(word, setting, answer):
    system = postgresql()
    system.when(word, **answer)
    standings = {each[0] for each in told(system, "postgresql", socket="/run/postgresql")[setting]}
    assert standings & {"denied", "failed"}


def test_the_packages_superuser_is_seen_where_nobody_told():
    system = postgresql()
    system.when("recursive groups", **REFUSED)
    entry = {"line_number": 1, "type": "hostssl", "database": ["all"], "user_name": ["postgres"]}
    entry |= {"address": "192.0.2.7", "netmask": "255.255.255.255", "auth_method": "scram-sha-256"}
    system.when("pg_hba_file_rules", stdout=json.dumps([entry]).encode())
    found = told(system, "postgresql", socket="/run/postgresql")
    assert found["superuser-over-network"] == [("unsafe", "superuser", 1)]


def test_a_configuration_tells_nothing_of_superusers_and_leads_to_tablespaces():
    system = machine()
    system.files.put("/data/postgresql.conf", b"listen_addresses = '192.0.2.1'\n")
    system.files.put("/data/pg_hba.conf", b"hostssl all app 192.0.2.7/32 scram-sha-256\n")
    system.files.make_directory("/mnt/plain")
    before = told(system, "postgresql", config_file="/data/postgresql.conf")
    assert before["superuser-over-network"] == [("unsupported", "server-not-asked", 1)]
    system.files.link("/data/pg_tblspc/16400", "/mnt/plain")
    after = told(system, "postgresql", config_file="/data/postgresql.conf")
    assert after["at-rest-encrypted"] != before["at-rest-encrypted"]
    system.files.fail("scan", "/data/pg_tblspc")
    unseen = told(system, "postgresql", config_file="/data/postgresql.conf")
    assert "denied" in {each[0] for each in unseen["at-rest-encrypted"]}


def test_passwords_kept_as_md5():
    system = postgresql()
    system.when("pg_authid", stdout=b"3\n")
    assert told(system, "postgresql", socket="/run")["passwords-hashed"] == [
        ("unsafe", "md5-hash", 3)
    ]


@pytest.mark.parametrize(
    ("stderr", "reason"),
    [
        (b'FATAL:  password authentication failed for user "x"', Reason.WRONG_PASSWORD),
        (b"FATAL:  Peer authentication failed", Reason.PERMISSION_DENIED),
        (b"FATAL:  no pg_hba.conf entry for host", Reason.PERMISSION_DENIED),
        (b"connection to server on socket failed: No such file", Reason.NO_REPOSITORY),
        (b"could not connect to server", Reason.NO_REPOSITORY),
        (b"out of luck", Reason.EXIT_STATUS),
    ],
)
def test_no_connection_to_postgresql(stderr, reason):
    system = machine()
    system.processes.answer("psql", status=2, stderr=stderr)
    with pytest.raises(ProbeError) as caught:
        told(system, "postgresql", socket="/run")
    assert caught.value.reason is reason


@pytest.mark.parametrize("answer", [b"[]", b"null", b"{"])
def test_without_its_settings_nothing_is_known(answer):
    system = machine()
    system.processes.answer("psql", stdout=answer)
    with pytest.raises(ProbeError) as caught:
        told(system, "postgresql", socket="/run")
    assert caught.value.reason is Reason.UNREADABLE_ANSWER


@pytest.mark.parametrize(
    ("answer", "reason"),
    [({"seconds": 3600}, Reason.TIMEOUT), ({"stdout": b"x" * 9_000_000}, Reason.OUTPUT_LIMIT)],
)
@pytest.mark.parametrize(("engine", "client"), [("postgresql", "psql"), ("mariadb", "mariadb")])
def test_a_client_is_held_to_its_limits(engine, client, answer, reason):
    system = machine()
    with pytest.raises(ProbeError) as caught:
        told(system, engine, socket="/run")
    assert caught.value.reason is Reason.TOOL_MISSING
    system.processes.answer(client, **answer)
    with pytest.raises(ProbeError) as caught:
        told(system, engine, socket="/run")
    assert caught.value.reason is reason


@pytest.mark.parametrize(("engine", "client"), [("postgresql", "psql"), ("mariadb", "mariadb")])
def test_a_password_stands_in_no_argument(engine, client):
    system = machine()
    system.files.put("/etc/password", f"{SECRET}\n".encode())
    system.processes.answer(client, status=2, stderr=f"FATAL: {SECRET}".encode())
    with pytest.raises(ProbeError):
        told(system, engine, host="192.0.2.1", password_file="/etc/password", run_as="postgres")
    (call,) = system.processes.calls
    assert not any(SECRET in word for word in call.arguments)
    assert SECRET in call.environment.values()
    assert call.confinement is not None
    assert (call.confinement.user, call.confinement.network) == ("postgres", True)
    assert call.confinement.writable == ()


def test_a_socket_needs_no_network():
    system = machine()
    system.processes.answer("mariadb", status=1)
    with pytest.raises(ProbeError):
        told(system, "mariadb", socket="/run/mysqld/mysqld.sock")
    (call,) = system.processes.calls
    assert call.confinement is not None
    assert not call.confinement.network


def test_a_server_elsewhere_keeps_its_files_there():
    found = told(postgresql(), "postgresql", host="192.0.2.1")
    assert found["at-rest-encrypted"] == [("unsupported", "not-here", 1)]
    assert found["data-directory-closed"] == [("unsupported", "not-here", 1)]
    found = told(postgresql(), "postgresql", host="127.0.0.1")
    assert found["data-directory-closed"][0][0] == "safe"


def test_the_permission_that_is_missing_is_the_one_it_takes():
    system = postgresql()
    for word in ("pg_hba_file_rules", "pg_authid"):
        system.when(word, status=1, stderr=b"ERROR:  permission denied")
    found = observe(database("postgresql", socket="/run"), system)
    missing = {each.setting: each.permission for each in found.settings}
    assert missing["hba-trust"] == "select-on-pg_hba_file_rules"
    assert missing["passwords-hashed"] == "select-on-pg_authid"


def test_the_list_is_read_where_it_may_not_be_asked_for():
    system = postgresql()
    system.when("pg_hba_file_rules", status=1, stderr=b"ERROR:  permission denied")
    system.files.put("/etc/hba.conf", b"local all all trust\n")
    found = told(system, "postgresql", socket="/run", hba_file="/etc/hba.conf")
    assert found["hba-trust"] == [("unsafe", "trust-local", 1)]
    system.files.fail("read", "/etc/hba.conf")
    found = told(system, "postgresql", socket="/run", hba_file="/etc/hba.conf")
    assert found["hba-trust"] == [("denied", "denied", 1)]


def test_postgresqls_configuration_is_read():
    system = machine()
    system.files.put(
        "/etc/pg/postgresql.conf",
        b"data_directory = '/data'  # here\nhba_file '/etc/pg/hba.conf'\nlisten_addresses='*'\n"
        b"ssl = on\ninclude_dir 'conf.d'\ninclude 'more.conf'\ninclude_if_exists 'none.conf'\n"
        b"this is no line = at all ' '\n",
    )
    system.files.put("/etc/pg/conf.d/1.conf", b"listen_addresses = 'it''s.example'\n")
    system.files.put("/etc/pg/conf.d/2.conf", b"listen_addresses = '192.0.2.1'\n")
    system.files.put("/etc/pg/conf.d/.3.conf", b"listen_addresses = '*'\n")
    system.files.put(
        "/etc/pg/more.conf", b"include 'more.conf'\nSSL_MIN_PROTOCOL_VERSION = TLSv1\n"
    )
    system.files.put("/etc/pg/hba.conf", b"local all all peer\nhost all all all md5\n")
    found = told(system, "postgresql", config_file="/etc/pg/postgresql.conf")
    assert found["listen-local"] == [("safe", "named-addresses", 1)]
    assert found["tls-enabled"] == [("safe", "ssl-on", 1)]
    assert found["tls-version"] == [("unsafe", "old-tls", 1)]
    assert found["hba-md5"] == [("unsafe", "md5", 1)]
    assert found["passwords-hashed"] == [("denied", "denied", 1)]
    system.files.put("/data/postgresql.auto.conf", b"ssl = 'off'\n")
    found = told(system, "postgresql", config_file="/etc/pg/postgresql.conf")
    assert found["tls-enabled"] == [("unsafe", "ssl-off", 1)]


def test_postgresqls_defaults():
    system = machine()
    system.files.put("/data/postgresql.conf", b"")
    system.files.put("/data/pg_hba.conf", b"local all all peer\n")
    found = told(system, "postgresql", config_file="/data/postgresql.conf")
    assert found["listen-local"] == [("safe", "local-only", 1)]
    assert found["hba-trust"] == [("safe", "no-entry", 1)]


@pytest.mark.parametrize("engine", ["postgresql", "mariadb"])
def test_a_configuration_that_is_not_there(engine):
    with pytest.raises(ProbeError) as caught:
        told(machine(), engine, config_file="/none")
    assert caught.value.reason is Reason.PATH_MISSING


# MariaDB

MARIA = {
    "bind_address": "192.0.2.1",
    "skip_networking": "OFF",
    "have_ssl": "YES",
    "tls_version": "TLSv1.2,TLSv1.3",
    "require_secure_transport": "OFF",
    "datadir": "/var/lib/mysql/",
    "innodb_encrypt_tables": "OFF",
    "innodb_data_home_dir": "",
    "innodb_log_group_home_dir": "./",
}
NATIVE = {"access": 0, "plugin": "mysql_native_password", "authentication_string": "*AB"}
ROOT = ("root", "localhost", NATIVE | {"access": (1 << 39) - 1})


def mariadb(*users: tuple[str, str, object], **changes: object) -> Machine:
    system = machine()
    values = {name: value for name, value in (MARIA | changes).items() if value is not None}
    lines = "".join(f"{name}\t{value}\n" for name, value in values.items())
    accounts = "".join(
        f"{name}\t{host}\t{json.dumps(held)}\n" for name, host, held in (ROOT, *users)
    )
    system.processes.answer_with(system.answer, "mariadb")
    system.when("GLOBAL_VARIABLES", stdout=lines.encode())
    system.when("global_priv", stdout=accounts.encode())
    return system


def test_mariadb_as_it_should_be():
    found = told(mariadb(), "mariadb", socket="/run/mysqld.sock")
    assert {standing for parts in found.values() for standing, _, _ in parts} == {"safe"}
    assert found["at-rest-encrypted"] == [("safe", "in-memory", 1)]


@pytest.mark.parametrize(
    ("changes", "setting", "expected"),
    [
        ({"bind_address": ""}, "listen-local", ("unsafe", "all-addresses", 1)),
        ({"bind_address": "0.0.0.0"}, "listen-local", ("unsafe", "all-addresses", 1)),
        ({"bind_address": "127.0.0.1,::"}, "listen-local", ("unsafe", "all-addresses", 1)),
        ({"bind_address": "127.0.0.1"}, "listen-local", ("safe", "local-only", 1)),
        ({"bind_address": None}, "listen-local", ("failed", "not-told", 1)),
        ({"skip_networking": "ON", "bind_address": ""}, "tls-enabled", ("safe", "local-only", 1)),
        ({"have_ssl": "DISABLED"}, "tls-enabled", ("unsafe", "ssl-off", 1)),
        ({"have_ssl": "DISABLED"}, "tls-version", ("safe", "no-tls", 1)),
        ({"have_ssl": None}, "tls-enabled", ("failed", "not-told", 1)),
        ({"tls_version": "TLSv1.1,TLSv1.2"}, "tls-version", ("unsafe", "old-tls", 1)),
        ({"tls_version": None}, "tls-version", ("failed", "not-told", 1)),
        ({"datadir": None}, "at-rest-encrypted", ("failed", "not-told", 1)),
    ],
)
def test_one_value_of_mariadb(changes, setting, expected):
    assert told(mariadb(**changes), "mariadb", socket="/run")[setting] == [expected]


SSL = NATIVE | {"ssl_type": 1}


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        (("app", "192.0.2.%", NATIVE), {"tls-required": "without-tls"}),
        (("app", "192.0.2.%", SSL), {}),
        (("app", "%", SSL), {}),
        (
            ("app", "%", NATIVE),
            {"tls-required": "without-tls", "users-from-anywhere": "any-address"},
        ),
        (("app", "%", NATIVE | {"account_locked": True}), {}),
        (("readers", "", NATIVE | {"is_role": True}), {}),
        (("", "localhost", NATIVE), {"anonymous-users": "anonymous"}),
        (("app", "localhost", {"access": 0}), {"users-have-passwords": "empty-password"}),
        (("app", "127.0.0.1", NATIVE | {"plugin": "unix_socket"}), {}),
        (
            ("app", "::1", NATIVE | {"authentication_string": ""}),
            {"users-have-passwords": "empty-password"},
        ),
        (
            ("app", "localhost", NATIVE | {"auth_or": [{}, {"plugin": "unix_socket"}]}),
            {},
        ),
        (
            (
                "app",
                "localhost",
                NATIVE | {"auth_or": [{}, {"plugin": "ed25519", "authentication_string": ""}]},
            ),
            {"users-have-passwords": "empty-password"},
        ),
        (
            ("app", "localhost", NATIVE | {"plugin": "mysql_old_password"}),
            {"passwords-hashed": "old-hash"},
        ),
        (("boss", "h.example", SSL | {"access": 1 << 15}), {"superuser-over-network": "superuser"}),
    ],
)
def test_one_user_more(user, expected):
    found = told(mariadb(user), "mariadb", socket="/run")
    bad = {name: parts[0][1] for name, parts in found.items() if parts[0][0] != "safe"}
    assert bad == expected
    alone = told(mariadb(user, bind_address="127.0.0.1"), "mariadb", socket="/run")
    network = {"tls-required", "users-from-anywhere", "superuser-over-network"}
    bad = {name for name, parts in alone.items() if parts[0][0] != "safe"}
    assert bad == set(expected) - network


def test_tls_that_all_must_use():
    app = ("app", "%", NATIVE)
    found = told(mariadb(app, require_secure_transport="ON"), "mariadb", socket="/run")
    assert found["tls-required"] == [("safe", "no-user", 1)]
    assert found["users-from-anywhere"] == [("safe", "no-user", 1)]


@pytest.mark.parametrize("lines", ["one", "a\tb\tc", "a\tb\t[]", "a\t{}", "a\tb"])
def test_users_of_another_form_are_not_known(lines):
    system = mariadb()
    system.when("global_priv", stdout=lines.encode())
    found = told(system, "mariadb", socket="/run")
    assert found["users-have-passwords"] == [("failed", "unreadable-answer", 1)]


@given(
    st.lists(st.text(max_size=40)), st.dictionaries(st.text(max_size=8), st.integers() | st.text())
)
def test_any_users_are_answered(lines, held):
    users_of(lines)
    assert users_of([f"a\tb\t{json.dumps(held)}"]) is not None


PLAIN = b"1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
ENCRYPTING = {
    "innodb_encrypt_tables": "FORCE",
    "innodb_encrypt_log": "ON",
    "encrypt_tmp_files": "ON",
    "encrypt_binlog": "ON",
    "log_bin": "ON",
}


def on_a_plain_disk(**changes: object) -> Machine:
    system = mariadb(**(ENCRYPTING | changes))
    system.files.put("/proc/self/mountinfo", PLAIN)
    system.files.link("/sys/dev/block/8:1", "/sys/devices/sda1")
    system.files.make_directory("/sys/devices/sda1/slaves")
    return system


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("safe", "logs-encrypted", 1)),
        ({"innodb_encrypt_log": "OFF"}, ("unsafe", "redo-log-plain", 1)),
        ({"encrypt_tmp_files": "OFF"}, ("unsafe", "temporary-plain", 1)),
        ({"encrypt_binlog": "OFF"}, ("unsafe", "binlog-plain", 1)),
        ({"encrypt_binlog": "OFF", "log_bin": "OFF"}, ("safe", "logs-encrypted", 1)),
    ],
)
def test_logs_beside_encrypted_tables(changes, expected):
    found = told(on_a_plain_disk(**changes), "mariadb", socket="/run")
    assert found["at-rest-encrypted"] == [("safe", "innodb-encrypted", 1)]
    assert found["logs-encrypted"] == [expected]


def test_tables_that_are_left_plain():
    system = on_a_plain_disk()
    system.when("INNODB_SYS_TABLESPACES", stdout=b"3\n")
    assert told(system, "mariadb", socket="/run")["at-rest-encrypted"] == [
        ("unsafe", "plain-tables", 3)
    ]
    system.files.put("/proc/self/mountinfo", MOUNTS)
    found = told(system, "mariadb", socket="/run")
    assert found["at-rest-encrypted"] == [("safe", "in-memory", 1)]
    assert found["logs-encrypted"] == [("safe", "in-memory", 1)]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"status": 1, "stderr": b"ERROR 1227 (42000): Access denied"}, ("denied", "denied", 1)),
        ({"status": 1, "stderr": b"ERROR 1146 (42S02): no table"}, ("failed", "not-told", 1)),
        ({"stdout": b"many\n"}, ("failed", "unreadable-answer", 1)),
        ({"stdout": b""}, ("failed", "unreadable-answer", 1)),
    ],
)
def test_tables_that_cannot_be_counted(answer, expected):
    system = on_a_plain_disk()
    system.when("INNODB_SYS_TABLESPACES", **answer)
    assert told(system, "mariadb", socket="/run")["at-rest-encrypted"] == [expected]


def test_tables_that_are_hidden_from_the_user():
    system = on_a_plain_disk()
    system.when("INNODB_SYS_TABLESPACES", stdout=b"HIDDEN\n")
    found = observe(database("mariadb", socket="/run"), system)
    (told_so,) = [each for each in found.settings if each.setting == "at-rest-encrypted"]
    assert (told_so.standing.value, told_so.permission) == ("denied", "show-view")


def test_keys_on_the_same_disk():
    system = on_a_plain_disk(file_key_management_filename="/etc/mysql/keys")
    system.files.put("/etc/mysql/keys")
    assert told(system, "mariadb", socket="/run")["key-on-plain-volume"] == [
        ("unsafe", "key-beside-data", 1)
    ]
    sealed = {
        "file_key_management_filename": "/etc/mysql/keys.enc",
        "file_key_management_filekey": "FILE:/media/stick/key",
    }
    found = told(on_a_plain_disk(**sealed), "mariadb", socket="/run")
    assert found["key-on-plain-volume"] == [("unsupported", "key-not-here", 1)]


def test_an_encrypting_server_elsewhere():
    found = told(on_a_plain_disk(), "mariadb", host="192.0.2.1")
    assert found["at-rest-encrypted"] == [("safe", "innodb-encrypted", 1)]
    assert "key-on-plain-volume" not in found


@pytest.mark.parametrize(
    ("stderr", "reason"),
    [
        (b"ERROR 1045 (28000): Access denied", Reason.WRONG_PASSWORD),
        (b"ERROR 1698 (28000): Access denied", Reason.PERMISSION_DENIED),
        (b"ERROR 2002 (HY000): Can't connect", Reason.NO_REPOSITORY),
    ],
)
def test_no_connection_to_mariadb(stderr, reason):
    system = machine()
    system.processes.answer("mariadb", status=1, stderr=stderr)
    with pytest.raises(ProbeError) as caught:
        told(system, "mariadb", socket="/run")
    assert caught.value.reason is reason


def test_a_server_that_tells_no_variables():
    system = machine()
    system.processes.answer("mariadb", status=1, stderr=b"ERROR 1109 (42S02): Unknown table")
    with pytest.raises(ProbeError) as caught:
        told(system, "mariadb", socket="/run")
    assert caught.value.reason is Reason.UNREADABLE_ANSWER


def test_mariadbs_option_files_are_read():
    system = machine()
    system.files.put(
        "/etc/mysql/my.cnf",
        b"[client]\nbind-address = 0.0.0.0\n!includedir /etc/mysql/conf.d\n"
        b"!include /etc/more.cnf\n",
    )
    text = (
        b"# a note\n[mysqld]\nbind-address = 192.0.2.1 # one\nssl-cert=/c\nssl_key='/k'\nloose-x\n"
    )
    system.files.put("/etc/mysql/conf.d/50.cnf", text)
    system.files.put("/etc/mysql/conf.d/60.txt", b"[mysqld]\nbind-address=127.0.0.1\n")
    system.files.put(
        "/etc/more.cnf", b"!include /etc/more.cnf\n[mariadb-10.11]\nrequire-secure-transport\n"
    )
    found = told(system, "mariadb", config_file="/etc/mysql/my.cnf")
    assert found["listen-local"] == [("safe", "named-addresses", 1)]
    assert found["tls-enabled"] == [("safe", "ssl-on", 1)]
    assert found["tls-version"] == [("failed", "not-told", 1)]
    assert found["users-have-passwords"] == [("denied", "denied", 1)]
    assert found["at-rest-encrypted"] == [("safe", "in-memory", 1)]


@pytest.mark.parametrize(
    ("engine", "line"),
    [("postgresql", b"include 'x'\n"), ("mariadb", b"!include /etc/x\n")],
)
def test_files_that_include_one_another_many_times_end(engine, line):
    system = machine()
    system.files.put("/etc/x", line * 8)
    system.files.put("/etc/pg_hba.conf", b"include /etc/pg_hba.conf\n" * 8)
    assert told(system, engine, config_file="/etc/x")


PARAMETERS = st.sampled_from(
    [
        "[mysqld]",
        "!include /etc/x",
        "!includedir /etc",
        "!include",
        "bind-address",
        "bind-address=::",
        "include 'x'",
        "include_dir '.'",
        "listen_addresses = '*'",
        "data_directory = ''",
        "hba_file = 'x'",
        "datadir=",
        "innodb-encrypt-tables=FORCE",
        "file-key-management-filename=/x",
    ]
)


@given(st.lists(PARAMETERS | st.text(max_size=30), max_size=8), st.sampled_from(names()))
def test_any_configuration_is_answered(lines, engine):
    system = machine()
    text = "\n".join(lines).encode("utf-8", "surrogatepass")
    for path in ("/etc/x", "/data/x", "/data/pg_hba.conf"):
        system.files.put(path, text)
    assert told(system, engine, config_file="/etc/x")


# Folders, and engines as such


def test_files_that_others_read():
    system = FakeSystem()
    system.files.put("/dumps/a/one.sql", mode=0o644)
    system.files.put("/dumps/a/two.sql", mode=0o640)
    system.files.put("/dumps/three.sql", mode=0o604)
    (first, second) = readable(system.files, "/dumps")
    assert first.rule == second.rule == "others-read"
    assert readable(system.files, "/dumps", lambda name: name == "four")[0].rule == "closed"
    assert readable(system.files, "/dumps/a/one.sql")[0].rule == "others-read"
    assert readable(system.files, "/dumps/a/two.sql")[0].rule == "closed"
    system.files.make_directory("/closed/deep", 0o700)
    system.files.put("/closed/deep/x", mode=0o644)
    assert readable(system.files, "/closed/deep")[0].rule == "closed"
    assert readable(system.files, "/none")[0].rule == "path-missing"
    system.files.fail("scan", "/dumps")
    assert readable(system.files, "/dumps")[0].standing.value == "denied"
    system.files.fail("scan", "/dumps", OSError(5, "no"))
    assert readable(system.files, "/dumps")[0].rule == "unreadable-folder"


@pytest.mark.parametrize("engine", ["postgresql", "mariadb"])
def test_dumps_that_others_read(engine):
    system = postgresql() if engine == "postgresql" else mariadb()
    system.files.put("/dumps/one.sql", mode=0o644)
    found = told(system, engine, socket="/run", dumps=["/dumps"])
    assert found["dumps-closed"] == [("unsafe", "others-read", 1)]


def test_what_holds_no_ground():
    system = postgresql()
    system.files.remove("/proc/self/mountinfo")
    found = told(system, "postgresql", socket="/run")
    assert found["at-rest-encrypted"] == [("failed", "unreadable-table", 1)]
    system = on_a_plain_disk(file_key_management_filename="/etc/mysql/keys")
    system.files.remove("/proc/self/mountinfo")
    assert told(system, "mariadb", socket="/run")["key-on-plain-volume"] == [
        ("failed", "unreadable-table", 1)
    ]


def test_engines_are_found_by_being_there():
    assert names() == ["mariadb", "postgresql"]


@pytest.mark.parametrize(
    ("engine", "settings", "said"),
    [
        ("postgres", {}, "postgresql"),
        ("hba", {}, "there are"),
        ("postgresql", {}, "expected `socket`"),
        ("postgresql", {"socket": "/run", "host": "h"}, "either"),
        ("mariadb", {}, "expected `socket`"),
        ("mariadb", {"socket": "/run", "host": "h"}, "either"),
        ("postgresql", {"sokcet": "/run"}, "socket"),
    ],
)
def test_what_is_configured_wrongly_is_refused(engine, settings, said):
    with pytest.raises(ConfigError) as caught:
        prove_known([database(engine, **settings)])
    assert said in str(caught.value)
    assert "orders-db" in str(caught.value)

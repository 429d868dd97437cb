"""PostgreSQL's list of who is let in: read as the server reads it, and judged entry by entry."""

from __future__ import annotations

import ipaddress

import pytest
from guardian_agent.exposure.databases.hba.entries import KINDS, Word, network_of
from guardian_agent.exposure.databases.hba.lines import Hba, fields_of, read_hba
from guardian_agent.exposure.databases.hba.rules import Superuser, let_through
from guardian_agent.exposure.databases.hba.view import hba_of
from guardian_agent.wire import postures
from hypothesis import given
from hypothesis import strategies as st

POSTGRES = (Superuser(name="postgres"), Superuser(name="boss", groups=frozenset({"admins"})))
GOOD = """
# TYPE  DATABASE  USER  ADDRESS  METHOD
local   all       all            peer
host    all       all   127.0.0.1/32   scram-sha-256
host    all       all   ::1/128        scram-sha-256
hostssl shop      shop  192.0.2.0/24   scram-sha-256
"""
JUDGED = {
    "tls-required",
    "hba-trust",
    "hba-clear-password",
    "hba-md5",
    "hba-anyone",
    "superuser-over-network",
}


def read(text: str, **files: str) -> Hba:
    texts = {f"/etc/{name.replace('_', '.')}": body for name, body in files.items()}
    texts["/etc/pg_hba.conf"] = text

    def names(folder: str) -> list[str]:
        inside = [path for path in texts if path.startswith(f"{folder}/")]
        return [path.rpartition("/")[2] for path in inside]

    return read_hba("/etc/pg_hba.conf", texts.get, names)


def found(text: str, *, tls: bool = True) -> dict[str, list[tuple[str, str]]]:
    """Return what is not safe, by setting."""
    judged = let_through(read(text), POSTGRES, tls=tls)
    assert set(judged) == JUDGED
    told = {
        name: [(each.standing.value, each.rule) for each in parts if each.standing.value != "safe"]
        for name, parts in judged.items()
    }
    return {name: parts for name, parts in told.items() if parts}


def test_a_good_list_has_nothing_to_say():
    assert found(GOOD) == {}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("local all all trust", {"hba-trust": "trust-local"}),
        ("host all all 127.0.0.1/32 trust", {"hba-trust": "trust-loopback"}),
        ("host all all samehost trust", {"hba-trust": "trust-loopback"}),
        ("local all all password", {}),
        ("local all all md5", {}),
        ("host all all 127.0.0.1/8 password", {}),
        (
            "hostssl shop shop 192.0.2.0/24 trust",
            {"hba-trust": "trust-network"},
        ),
        ("host shop shop 192.0.2.0/24 scram-sha-256", {"tls-required": "without-tls"}),
        ("hostnossl shop shop 192.0.2.0/24 scram-sha-256", {"tls-required": "without-tls"}),
        ("hostnogssenc shop shop 192.0.2.0/24 scram-sha-256", {"tls-required": "without-tls"}),
        ("hostgssenc shop shop 192.0.2.0/24 gss", {}),
        ("hostssl shop shop 192.0.2.0/24 password", {}),
        (
            "host shop shop 192.0.2.0/24 password",
            {"tls-required": "without-tls", "hba-clear-password": "clear-password"},
        ),
        (
            "host shop shop 192.0.2.0/24 ldap ldapserver=ldap.example",
            {"tls-required": "without-tls", "hba-clear-password": "clear-password"},
        ),
        ("hostssl shop shop 192.0.2.0/24 md5", {"hba-md5": "md5"}),
        ("hostssl shop shop 0.0.0.0/0 scram-sha-256", {"hba-anyone": "any-address"}),
        ("hostssl shop shop ::/0 scram-sha-256", {"hba-anyone": "any-address"}),
        ("hostssl shop shop 0.0.0.0 0.0.0.0 scram-sha-256", {"hba-anyone": "any-address"}),
        ("hostssl shop shop 128.0.0.0/1 scram-sha-256", {"hba-anyone": "any-address"}),
        ("hostssl shop shop all scram-sha-256", {"hba-anyone": "any-address"}),
        ("hostssl shop shop all cert", {}),
        ("hostssl shop shop all scram-sha-256 clientcert=verify-full", {}),
        ("hostssl shop shop all reject", {}),
        ("hostssl shop shop 10.0.0.0/8 scram-sha-256", {}),
        ("hostssl shop shop samenet scram-sha-256", {}),
        ("hostssl shop shop .example.org scram-sha-256", {}),
        (
            "hostssl all postgres 192.0.2.1/32 scram-sha-256",
            {"superuser-over-network": "superuser"},
        ),
        ("hostssl all all 192.0.2.1/32 scram-sha-256", {"superuser-over-network": "superuser"}),
        ("hostssl all +admins 192.0.2.1/32 cert", {"superuser-over-network": "superuser"}),
        ("hostssl all +users 192.0.2.1/32 cert", {}),
        ('hostssl all "all" 192.0.2.1/32 cert', {}),
        ('hostssl all "+admins" 192.0.2.1/32 cert', {}),
        ('hostssl all "postgres" 192.0.2.1/32 cert', {"superuser-over-network": "superuser"}),
        ("hostssl all shop,boss 192.0.2.1/32 cert", {"superuser-over-network": "superuser"}),
        ("hostssl all /^a 192.0.2.1/32 cert", {"superuser-over-network": "members-unknown"}),
    ],
)
def test_one_line_more(line, expected):
    """Each bad line beside a good list is found, and nothing else is."""
    judged = found(line + GOOD)
    assert {name: parts[0][1] for name, parts in judged.items()} == expected
    assert all(len(parts) == 1 for parts in judged.values())


@pytest.mark.parametrize(
    ("before", "line", "expected"),
    [
        ("local all all peer", "local all all trust", set()),
        ("local all postgres peer", "local all all trust", {"hba-trust"}),
        ("host all all all reject", "host all all 192.0.2.0/24 trust", set()),
        ("hostnossl all all all reject", "host shop shop 192.0.2.0/24 scram-sha-256", set()),
        ("hostnossl all all all reject", "host shop shop 192.0.2.0/24 password", set()),
        (
            "hostnossl all all 192.0.2.0/28 reject",
            "host shop shop 192.0.2.0/24 scram-sha-256",
            {"tls-required"},
        ),
        ("host all postgres,boss all reject", "hostssl all all 192.0.2.0/24 cert", set()),
        (
            "host all postgres all reject",
            "hostssl all all 192.0.2.0/24 cert",
            {"superuser-over-network"},
        ),
        ("host all all all reject", "hostssl replication shop all cert", set()),
        (
            "host all all all reject",
            "hostssl replication shop all trust",
            {"hba-trust", "hba-anyone"},
        ),
        ("host replication,all all all reject", "hostssl replication shop all cert", set()),
        ("host all all db.example reject", "hostssl all shop db.example trust", set()),
        ("host all all db.example reject", "hostssl all shop 192.0.2.1/32 trust", {"hba-trust"}),
        ("host all all 192.0.2.0/24 reject", "hostssl all shop 192.0.2.9/32 trust", set()),
        ("host all all ::/0 reject", "hostssl all shop 192.0.2.9/32 trust", {"hba-trust"}),
        ("host all all ::/0 reject", "hostssl all shop 2001:db8::/32 trust", set()),
        ("hostssl all all all cert", "host all shop 192.0.2.9/32 scram-sha-256", {"tls-required"}),
    ],
)
def test_the_first_entry_that_fits_decides(before, line, expected):
    judged = set(found(f"{before}\n{line}\n"))
    if not before.startswith("hostssl"):
        assert judged == expected
    assert expected <= judged


def test_without_tls_nobody_comes_in_by_hostssl():
    text = "hostssl all all all trust\n"
    assert found(text, tls=False) == {}
    assert set(found(text)) == {"hba-trust", "hba-anyone", "superuser-over-network"}


@pytest.mark.parametrize(
    "line",
    [
        "hots all all all trust",
        "host all all all",
        "host all all 192.0.2.0/99 trust",
        "host all all 192.0.2.0 trust",
        "host all all 192.0.2.0 255.0.255.0 trust",
        "host all all ::1 ffff::ff trust",
        "host all all all nosuchmethod",
        'local all "all trust',
        "local all @missing trust",
        "local @quotes all trust",
        "include",
        "include a b c",
        "include missing.conf",
        "local",
        "host all all",
    ],
)
def test_a_line_that_the_server_refuses_is_not_known(line):
    """The server goes on with the list it had: the file does not say what holds."""
    hba = read(f"{GOOD}{line}\n", quotes='"open')
    assert hba.broken == 1
    judged = let_through(hba, POSTGRES, tls=True)
    assert all(parts[-1].rule == "broken-entry" for parts in judged.values())


def test_names_in_lists_quotes_and_files():
    hba = read(
        'local "a b","c,d",e @names,all peer # why\nlocal all "say ""hi""" \\\n peer map=x\n',
        names="one two\n# none\nthree,four\n",
    )
    first, second = hba.entries
    assert [word.text for word in first.databases] == ["a b", "c,d", "e"]
    assert [word.text for word in first.users] == ["one", "two", "three", "four", "all"]
    assert [word.text for word in second.users] == ['say "hi"']
    assert second.options == {"map": "x"}
    assert hba.broken == 0


def test_other_files_are_included_in_their_place():
    hba = read(
        "include one.conf\ninclude_if_exists none.conf\ninclude_dir parts\nlocal z z trust\n"
        "include_dir nowhere\n",
        one_conf="local a a peer\ninclude two.conf\n",
        two_conf="local b b peer\n",
        **{"parts/2_conf": "local d d peer\n", "parts/1_conf": "local c c peer\n"},
        **{"parts/_hidden_conf": "local x x peer\n", "parts/note_txt": "local y y peer\n"},
    )
    assert [entry.databases[0].text for entry in hba.entries] == ["a", "b", "c", "d", "z"]
    assert hba.broken == 0


def test_a_file_that_includes_itself_ends():
    hba = read("local a a peer\ninclude pg_hba.conf\n")
    assert hba.broken == 1
    assert len(hba.entries) == 11


def test_files_that_include_one_another_many_times_end():
    """Ten deep, each eight times, would be a thousand million files."""
    hba = read("include pg_hba.conf\n" * 8)
    assert hba.entries == ()
    assert 0 < hba.broken < 10_000


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a b", [["a"], ["b"]]),
        ("a,b c", [["a", "b"], ["c"]]),
        ("a, b c", [["a", "b"], ["c"]]),
        ("a ,b", [["a"], ["b"]]),
        (" , a", [["a"]]),
        ("a#b", [["a"]]),
        ('"a#b"', [["a#b"]]),
        ('x"y z"', [["xy z"]]),
        ("", []),
        ("# a", []),
        ("a,", [["a"]]),
        ('""', [[""]]),
    ],
)
def test_how_a_line_is_split(line, expected):
    fields = fields_of(line)
    assert fields is not None
    assert [[word.text for word in field] for field in fields] == expected


def test_a_long_row_of_quotes_is_quick():
    assert fields_of('"' * 50_001) is None
    assert fields_of('""' * 50_000 + "x") is not None


def test_masks_and_prefixes():
    assert network_of("192.0.2.7", "255.255.255.0") == ipaddress.ip_network("192.0.2.0/24")
    assert network_of("2001:db8::", "ffff:ffff::") == ipaddress.ip_network("2001:db8::/32")
    assert network_of("::", "::") == ipaddress.ip_network("::/0")
    assert network_of("db.example") is None


ROW = {
    "type": "host",
    "database": ["all"],
    "user_name": ["shop"],
    "address": "192.0.2.0",
    "netmask": "255.255.255.0",
    "auth_method": "scram-sha-256",
    "options": ["clientcert=verify-ca"],
    "error": None,
}


def test_the_servers_own_view():
    hba = hba_of(
        [
            ROW,
            {
                "type": "local",
                "database": ["all"],
                "user_name": ["all"],
                "auth_method": "peer",
                "address": None,
            },
        ]
    )
    assert hba.broken == 0
    entry = hba.entries[0]
    assert entry.network == ipaddress.ip_network("192.0.2.0/24")
    assert (entry.users, entry.options) == ((Word(text="shop"),), {"clientcert": "verify-ca"})
    assert hba.entries[1].network is None


def test_addresses_that_are_words_in_the_servers_own_view():
    hba = hba_of([ROW | {"address": word, "netmask": None} for word in ("all", "samehost")])
    everyone, here = hba.entries
    assert everyone.is_for_anyone()
    assert not here.is_remote()


def test_a_line_that_never_matches_is_a_good_one():
    row = ROW | {"error": "hostssl record cannot match because SSL is disabled"}
    assert hba_of([row]).broken == 0


@pytest.mark.parametrize(
    "row",
    [None, 1, {}, ROW | {"error": "bad"}, ROW | {"type": None}, ROW | {"auth_method": "new"}],
)
def test_a_row_of_another_form_is_not_known(row):
    assert hba_of([row]).broken == 1
    assert hba_of(row).broken == (1 if not isinstance(row, list) else 0)


WORDS = st.sampled_from(
    [
        *KINDS,
        "all",
        "postgres",
        "+admins",
        "/x",
        '"all"',
        "127.0.0.1/32",
        "0.0.0.0/0",
        "::/0",
        "::1",
        "255.0.0.0",
        "samehost",
        "trust",
        "reject",
        "password",
        "md5",
        "cert",
        "@names",
        "include",
        "include_dir",
        ",",
        "#",
        '"',
        "\\",
        "\n",
        "\t",
    ]
)


@given(st.lists(st.one_of(WORDS, st.text(max_size=4)), max_size=40), st.booleans())
def test_any_text_is_answered(words, tls):
    hba = read(" ".join(words), names="a b")
    judged = let_through(hba, POSTGRES, tls=tls)
    assert set(judged) == JUDGED
    assert all(judged.values())
    if hba.broken:
        assert all(any(each.rule == "broken-entry" for each in parts) for parts in judged.values())


@given(st.lists(WORDS, max_size=12))
def test_what_is_behind_a_reject_of_all_lets_nobody_in(words):
    """Whatever follows, it never comes to its turn; nothing is invented for it."""
    text = "local all,replication all reject\nhost all,replication all all reject\n"
    hba = read(text + " ".join(word for word in words if word != "\n"), names="a")
    judged = let_through(hba, POSTGRES, tls=True)
    assert {each.rule for parts in judged.values() for each in parts} <= {
        "no-entry",
        "broken-entry",
    }


def test_all_that_is_judged_has_a_name():
    assert JUDGED <= postures.EXPOSURE

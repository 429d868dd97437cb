from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.config import Language, load_config
from guardian.config.client_file import parse_client
from guardian.config.load import MAX_BYTES
from guardian.domain.asset import CopyPlan, Media, Severity, Subject
from guardian.domain.check import Check
from guardian.domain.verdict import passes
from guardian.errors import ConfigError
from tests.central.config.samples import ACME, GUARDIAN, TINY, load, write


def refusal(folder: Path, guardian: str = GUARDIAN, **clients: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(folder, guardian, **clients)
    return str(caught.value)


def test_a_client(tmp_path):
    settings = load(tmp_path, acme=ACME)

    (client,) = settings.clients
    (server,) = client.servers
    assert (client.id, client.name, client.timezone) == ("acme", "ACME GmbH", "Europe/Berlin")
    assert client.language is Language.ENGLISH
    assert [each.name for each in server.backup_sets] == ["files", "orders"]
    assert server.exposures == ("exports",)
    assert [str(each.asset) for each in server.plan.obligations] == [
        "acme/web1",
        "acme/web1/files/local",
        "acme/web1/files/offsite",
        "acme/web1/orders/local",
    ]
    assert settings.plans == (server.plan,)
    assert settings.client("acme") is client
    assert settings.client("other") is None


def test_what_must_be_looked_at(tmp_path):
    named = 'exposures = ["a"]\nvolumes = ["a"]\ndatabases = ["a"]\nbuckets = ["b"]'
    (plan,) = load(tmp_path, acme=ACME.replace('exposures = ["exports"]', named)).plans

    assert (plan.exposures, plan.volumes, plan.databases, plan.buckets) == (
        ("a",),
        ("a",),
        ("a",),
        ("b",),
    )


TOLD = """
    [server.backup_set.copy.offsite]
    place = "frankfurt"
    media = "object"
    offsite = true
"""


def test_where_copies_lie(tmp_path):
    (plan,) = load(
        tmp_path,
        acme=ACME.replace(
            '  [[server.backup_set]]\n  name = "orders"',
            TOLD + '  [[server.backup_set]]\n  name = "orders"',
        ),
    ).plans

    assert plan.copies == (
        CopyPlan(backup_set="files", copy="local"),
        CopyPlan(
            backup_set="files", copy="offsite", place="frankfurt", media=Media.OBJECT, offsite=True
        ),
        CopyPlan(backup_set="orders", copy="local"),
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("copy.offsite", "copy.ofsite", "web1/orders: no copy 'ofsite'; did you mean 'offsite'?"),
        ("copy.offsite", "copy.tape", "no copy 'tape'; there are: local, offsite"),
        ("place", "plaice", "unknown key 'plaice'; did you mean 'place'?"),
        ('"object"', '"objects"', "expected one of disk, nas, object"),
        ('"frankfurt"', '"Frankfurt am Main"', "expected a name"),
    ],
)
def test_what_is_wrong_about_where_copies_lie(tmp_path, old, new, said):
    text = ACME.replace('copies = ["local"]', 'copies = ["local", "offsite"]') + TOLD
    assert said in refusal(tmp_path, acme=text.replace(old, new))


PLAIN = TINY.format(id="acme", name="ACME GmbH")
PROVIDER = TINY.format(id="provider", name="Provider")
CUSTODY = PROVIDER + 'custody_of = "acme"\ngone_by = 2027-01-31\n'
LEFT = ACME.replace("[policy", "offboarded = 2026-11-01\n[policy", 1)


def test_data_of_a_client_in_the_providers_custody(tmp_path):
    settings = load(tmp_path, acme=LEFT, provider=CUSTODY)
    own, held = settings.plans
    assert (own.custody_of, own.gone_by, own.offboarded) == (None, None, date(2026, 11, 1))
    assert (held.custody_of, held.gone_by) == ("acme", date(2027, 1, 31))
    assert held.offboarded == date(2026, 11, 1)


def test_custody_of_a_client_that_stays_has_its_own_end_alone(tmp_path):
    _, held = load(tmp_path, acme=ACME, provider=CUSTODY).plans
    assert held.offboarded is None


GONE = '[client]\nid = "acme"\nname = "ACME GmbH"\noffboarded = 2026-11-01\n'


def test_a_client_that_left_needs_no_server(tmp_path):
    settings = load(tmp_path, acme=GONE)
    assert settings.plans == ()
    left = settings.client("acme")
    assert left is not None
    assert (left.servers, left.offboarded) == ((), date(2026, 11, 1))


def test_what_is_held_of_a_client_without_servers_is_judged(tmp_path):
    (held,) = load(tmp_path, acme=GONE, provider=CUSTODY).plans
    assert (held.client, held.custody_of, held.offboarded) == (
        "provider",
        "acme",
        date(2026, 11, 1),
    )


def test_a_client_that_stays_needs_a_server(tmp_path):
    said = refusal(tmp_path, acme=GONE.replace("offboarded = 2026-11-01\n", ""))
    assert "client 'acme' has no [[server]]" in said
    assert "`offboarded`" in said


def test_who_holds_data_of_nobody_known_is_told(tmp_path):
    unknown = CUSTODY.replace('"acme"', '"acne"')
    said = refusal(tmp_path, acme=ACME, provider=unknown)
    where = "clients.d/provider.toml: at $.server[0].custody_of: no client 'acne'"
    assert said.startswith(f"{where}; did you mean 'acme'?")
    assert "a client that left keeps its file" in said
    said = refusal(tmp_path, acme=ACME, provider=CUSTODY.replace('"acme"', '"unheard-of"'))
    assert "no client 'unheard-of'; a client that left" in said


def test_nobody_holds_their_own_data_for_another(tmp_path):
    said = refusal(tmp_path, provider=CUSTODY.replace('"acme"', '"provider"'))
    assert "'provider' is this client itself" in said


@dataclass(frozen=True, kw_only=True)
class NoSettings:
    """None."""


def test_a_control_is_agreed_for_what_it_is_about_alone(tmp_path):
    custody = Check(
        control="test.custody",
        title="T",
        why="W.",
        remedy="R.",
        applies_to=Subject.SERVER,
        severity=Severity.INFO,
        settings=NoSettings,
        judge=lambda *_: passes("yes"),
        is_about=lambda plan: plan.custody_of is not None,
    )
    path = write(tmp_path, acme=PLAIN, provider=CUSTODY)
    own, held = load_config(path, [custody]).plans
    assert [set(each.agreements) for each in own.obligations] == [set()]
    assert [set(each.agreements) for each in held.obligations] == [{"test.custody"}]


def test_clients_stand_in_the_order_of_their_ids(tmp_path):
    first, second = TINY.format(id="zeta", name="Zeta"), TINY.format(id="alpha", name="Alpha")

    assert [client.id for client in load(tmp_path, a=first, b=second).clients] == ["alpha", "zeta"]


def test_no_client_yet(tmp_path):
    assert load(tmp_path).clients == ()
    (tmp_path / "clients.d").rmdir()
    assert load_config(tmp_path / "guardian.toml").clients == ()


def test_hidden_files_and_others_are_left_alone(tmp_path):
    write(tmp_path)
    (tmp_path / "clients.d" / ".acme.toml").write_text("broken")
    (tmp_path / "clients.d" / "example.toml.example").write_text("broken")

    assert load_config(tmp_path / "guardian.toml").clients == ()


def test_a_missing_file_says_how_to_make_it(tmp_path):
    with pytest.raises(ConfigError, match="`guardian init` writes one"):
        load_config(tmp_path / "guardian.toml")


def test_what_is_no_folder(tmp_path):
    write(tmp_path)
    (tmp_path / "clients.d").rmdir()
    (tmp_path / "clients.d").write_text("")

    with pytest.raises(ConfigError, match=r"clients\.d: cannot be read"):
        load_config(tmp_path / "guardian.toml")


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"\xff", "not UTF-8 at byte 0"), (b"#" * (MAX_BYTES + 1), "larger than")],
)
def test_what_is_no_text(tmp_path, data, said):
    write(tmp_path)
    (tmp_path / "clients.d" / "acme.toml").write_bytes(data)

    with pytest.raises(ConfigError, match=said):
        load_config(tmp_path / "guardian.toml")


def test_a_file_that_is_a_loop(tmp_path):
    write(tmp_path)
    (tmp_path / "clients.d" / "acme.toml").symlink_to("acme.toml")

    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "guardian.toml")


def test_every_broken_file_is_named(tmp_path):
    said = refusal(tmp_path, a="x", b=TINY.format(id="beta", name="Beta"), c="[client]")

    assert [line.split(":")[0] for line in said.splitlines()] == [
        "clients.d/a.toml",
        "clients.d/c.toml",
    ]


def test_an_id_stands_once(tmp_path):
    said = refusal(tmp_path, a=TINY.format(id="x", name="A"), b=TINY.format(id="x", name="B"))

    assert said == "clients.d/b.toml: client 'x' stands in clients.d/a.toml already"


@pytest.mark.parametrize("twin", ["ACME GMBH", "\uff21CME  GmbH", "acme gmbh "])
def test_a_name_that_readers_confuse_is_refused(tmp_path, twin):
    said = refusal(
        tmp_path,
        a=TINY.format(id="a", name="ACME GmbH"),
        b=TINY.format(id="b", name=twin),
    )

    assert "a reader takes" in said


@pytest.mark.parametrize(
    "name",
    ["", " ", "a\\nb", "x" * 201, "\\u202Eevil", "\\u0000", "\\u2028", "\\uE000"],
)
def test_names_are_for_people(tmp_path, name):
    assert "clients.d/a.toml" in refusal(tmp_path, a=TINY.format(id="a", name=name))


def test_names_are_composed(tmp_path):
    (client,) = load(tmp_path, a=TINY.format(id="a", name="Cafe\u0301")).clients

    assert client.name == "Caf\u00e9"


@pytest.mark.parametrize(
    "name",
    ["acme\\n", "Acme", "\\u0661", "a/b", "", "..", "-a", "a'b", 'a\\"b', "x" * 100_000, "\\uD800"],
)
def test_ids_are_plain_names(tmp_path, name):
    assert "clients.d/a.toml" in refusal(tmp_path, a=TINY.format(id=name, name="A"))


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "", "/etc/passwd", "Europe"])
def test_what_is_no_zone(tmp_path, zone):
    text = ACME.replace("Europe/Berlin", zone)

    assert "at $.client.timezone" in refusal(tmp_path, acme=text)


def test_a_client_without_servers_would_look_compliant(tmp_path):
    said = refusal(tmp_path, a='[client]\nid = "a"\nname = "A"\n')

    assert "would always look compliant" in said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('copies = ["local"]', "copies = []", "web1/orders has no copies"),
        ('copies = ["local"]', 'copies = ["a", "a"]', "web1/orders: copy 'a' stands twice"),
        ('name = "orders"', 'name = "files"', "web1: backup set 'files' stands twice"),
        ('["exports"]', '["a", "a"]', "web1: exposure or bucket 'a' stands twice"),
        ('["exports"]', '["a"]\nbuckets = ["a"]', "web1: exposure or bucket 'a' stands twice"),
        ('["exports"]', '["a"]\nvolumes = ["b", "b"]', "web1: volume 'b' stands twice"),
        ('["exports"]', '["a"]\ndatabases = ["b", "b"]', "web1: database 'b' stands twice"),
        ('["exports"]', '["a"]\ngone_by = 2027-01-01', "web1: `gone_by` is about data of another"),
        ('"30m"', '"30s"', 'at $.server[0].interval: expected a duration from "1m" to "31d"'),
        ("exposures", "exposure", "unknown key 'exposure'; did you mean 'exposures'?"),
        ('name = "orders"\n', "", "at $.server[0].backup_set[1]: key 'name' is missing"),
    ],
)
def test_slips_of_the_pen(tmp_path, old, new, said):
    assert said in refusal(tmp_path, acme=ACME.replace(old, new))


def test_a_server_stands_once(tmp_path):
    twice = TINY.format(id="a", name="A") + '[[server]]\nid = "web1"\n'

    assert "server 'web1' stands twice" in refusal(tmp_path, a=twice)


@given(st.text(max_size=200))
def test_no_text_of_chance_is_a_client(text):
    with pytest.raises(ConfigError, match=r"^clients\.d/a\.toml: "):
        parse_client(text, "clients.d/a.toml", {})

from __future__ import annotations

from datetime import date

import pytest

from guardian.checks import load
from guardian.config.client_file import parse_client
from guardian.domain.requirement.declared import Attested, CertifiedMeans, Protects
from guardian.errors import ConfigError

CHECKS = {check.control: check for check in load()}
ACME = """
[client]
id = "acme"
name = "ACME GmbH"
standards = ["pci", "152fz"]
insurance = true

[[certified_means]]
name = "Example disk"
certificate = "000/000-0000"
valid_until = 2027-12-31
owner = "Eve"
protects = ["at-rest", "in-transit"]
servers = ["web1"]

[[attested]]
question = "mfa"
statement = "Hardware keys for all"
owner = "Mallory"
said_on = 2026-11-01

[[server]]
id = "web1"
"""


def parsed(text: str):
    return parse_client(text, "clients.d/acme.toml", CHECKS)[0]


def test_what_is_shown_and_what_only_a_person_can_say():
    client = parsed(ACME)
    assert client.standards == ("pci", "152fz")
    assert client.insurance
    assert client.certified_means == (
        CertifiedMeans(
            name="Example disk",
            certificate="000/000-0000",
            valid_until=date(2027, 12, 31),
            owner="Eve",
            protects=(Protects.AT_REST, Protects.IN_TRANSIT),
            servers=("web1",),
        ),
    )
    assert client.attested == (
        Attested(
            question="mfa",
            statement="Hardware keys for all",
            owner="Mallory",
            said_on=date(2026, 11, 1),
        ),
    )


def test_a_client_without_any_of_it():
    client = parsed('[client]\nid = "acme"\nname = "ACME"\n[[server]]\nid = "web1"\n')
    assert (client.standards, client.certified_means, client.attested) == ((), (), ())
    assert not client.insurance


def test_means_protect_what_is_stored_on_every_server_unless_more_is_said():
    text = ACME.replace('protects = ["at-rest", "in-transit"]\nservers = ["web1"]\n', "")
    (means,) = parsed(text).certified_means
    assert means.protects == (Protects.AT_REST,)
    assert means.covers("anything", Protects.AT_REST)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"pci"', '"pcii"', "at $.client.standards: no standard 'pcii'; did you mean 'pci'?"),
        ('"pci"', '"xyzzy"', "no standard 'xyzzy'; there are: 152fz, cis-v8, dora, gdpr"),
        ('"pci"', '"152fz"', "standard '152fz' stands twice"),
        ('["web1"]', '["web"]', "number 1: servers: no server 'web'; did you mean 'web1'?"),
        ('["at-rest", "in-transit"]', "[]", "[[certified_means]] number 1: protects: expected"),
        ('"at-rest"', '"at_rest"', "did you mean 'at-rest'?"),
        ('"Example disk"', '" "', "[[certified_means]] number 1: name: empty"),
        ('"000/000-0000"', '""', "number 1: certificate: empty"),
        ('"Eve"', '""', "number 1: owner: empty"),
        ('"mfa"', '"mfs"', "[[attested]] number 1: question: no question 'mfs'; did you mean"),
        ('"Hardware keys for all"', '""', "number 1: statement: empty"),
        ('"Mallory"', '"a\\u001b[2J"', "at $.attested[0].owner: text with control"),
        ("said_on = 2026-11-01", "", "said_on"),
        ("valid_until = 2027-12-31", "", "valid_until"),
    ],
)
def test_slips_of_the_pen(old, new, said):
    with pytest.raises(ConfigError) as caught:
        parsed(ACME.replace(old, new, 1))
    assert said in str(caught.value)


def test_a_question_is_answered_once():
    twice = (
        '[[attested]]\nquestion = "mfa"\nstatement = "No"\nowner = "Eve"\nsaid_on = 2026-11-02\n'
    )
    with pytest.raises(ConfigError, match="question 'mfa' stands twice"):
        parsed(ACME.replace("[[server]]", f"{twice}[[server]]"))

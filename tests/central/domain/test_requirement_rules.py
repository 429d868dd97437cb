from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from guardian_agent.wire.names import Name
from guardian_agent.wire.observations import Encryption, Standing

from guardian.domain.readers import Readable
from guardian.domain.requirement.above_disk import above_the_disk
from guardian.domain.requirement.certified import certified
from guardian.domain.requirement.declared import Protects
from guardian.domain.requirement.kinds import Answer
from guardian.domain.requirement.travelling import travels_encrypted
from guardian.domain.verdict import Status
from guardian.domain.words import FAR
from tests.central.domain.making import DAY, exposure, files, posture, setting
from tests.central.domain.standards import (
    case,
    copy,
    figures,
    finding,
    lies,
    means,
    plan,
)

AT_REST = ("backup.encrypted", "data.encrypted")
GOOD = tuple(finding(control) for control in AT_REST)
ON_ITS_WAY = ("data.exposed",)
EXPORTS = {"volumes": ("exports",), "exposures": ("exports",)}
ALONE = "disk-level encryption alone does not meet this"


def of_media(*facts, **agreed):
    known = case(*GOOD, plans=(plan(**agreed),), servers=(figures(*facts),))
    return above_the_disk(known, AT_REST)


def sealed(*counts, name: str = "exports", **more):
    return exposure(*(counts or (files(3),)), name=name, **more)


@pytest.mark.parametrize("rule", ["dm-crypt", "bitlocker"])
def test_a_disk_that_alone_protects_is_not_enough(rule):
    said = of_media(lies("exports", rule), volumes=("exports",))
    assert said.answer is Answer.CONTRARY
    assert said.reason.startswith("nothing but its disk is known to encrypt web1 volume exports")
    assert ALONE in said.reason


def test_what_lies_readable_on_an_unlocked_disk_speaks_against_it():
    readable = sealed(files(3), files(2, Encryption.PLAINTEXT, "csv"), files(1, Encryption.WEAK))
    said = of_media(lies("exports", "bitlocker"), readable, **EXPORTS)
    assert said.answer is Answer.CONTRARY
    assert "3 files on web1 volume exports can be read while the disk is unlocked" in said.reason


def test_files_encrypted_above_the_disk_are_evidence():
    said = of_media(lies("exports", "bitlocker"), sealed(), **EXPORTS)
    assert said.answer is Answer.EVIDENCE
    assert "web1 volume exports is encrypted file by file" in said.reason


@pytest.mark.parametrize(
    "scan",
    [
        sealed(files(3), files(1, Encryption.UNKNOWN)),
        sealed(files(0)),
        sealed(files(3, Encryption.EMPTY, "empty")),
        sealed(complete=False),
        sealed(name="others"),
    ],
    ids=["unclear", "nothing", "empty files", "cut short", "never scanned"],
)
def test_what_lies_on_a_disk_and_is_not_known_stays_unknown(scan):
    said = of_media(lies("exports", "dm-crypt"), scan, **EXPORTS)
    assert said.answer is Answer.UNKNOWN


def test_what_the_agent_chose_to_scan_is_no_place_that_was_agreed():
    said = of_media(lies("exports", "dm-crypt"), sealed(), volumes=("exports",))
    assert said.answer is Answer.UNKNOWN
    assert "watch a place of the same name" in said.reason


def test_a_database_that_encrypts_itself_may_be_what_lies_on_a_disk():
    facts = (lies("data", "dm-crypt"), lies("shop", "innodb-encrypted", on="database"))
    said = of_media(*facts, volumes=("data",), databases=("shop",))
    assert said.answer is Answer.UNKNOWN


def test_a_database_on_an_encrypted_disk_is_not_encrypted_itself():
    said = of_media(lies("shop", "dm-crypt", on="database"), databases=("shop",))
    assert said.answer is Answer.CONTRARY
    assert said.reason.startswith("web1 database shop is not encrypted itself")


def test_what_lies_on_no_disk_is_evidence():
    said = of_media(lies("exports", "in-memory"), volumes=("exports",))
    assert said.answer is Answer.EVIDENCE
    assert "web1 volume exports does not rely on its disk" in said.reason


@pytest.mark.parametrize("rule", ["gocryptfs", "fscrypt", "zfs-encryption", "of-next-year"])
def test_what_is_neither_is_unknown(rule):
    assert of_media(lies("exports", rule), volumes=("exports",)).answer is Answer.UNKNOWN


def test_the_least_of_several_mounts_decides():
    both = posture(
        *lies("exports", "in-memory").settings,
        *lies("exports", "bitlocker").settings,
        subject="volume",
        name="exports",
    )
    assert of_media(both, volumes=("exports",)).answer is Answer.CONTRARY


def test_what_is_not_encrypted_is_left_to_the_control():
    plain = lies("exports", "plain-disk", standing=Standing.UNSAFE)
    assert of_media(plain, volumes=("exports",)).answer is Answer.EVIDENCE
    failing = case(GOOD[0], finding("data.encrypted", Status.FAIL))
    assert above_the_disk(failing, AT_REST).answer is Answer.CONTRARY


@pytest.mark.parametrize(
    ("settings", "answer"),
    [
        ([setting("client-side-encrypted")], Answer.EVIDENCE),
        ([setting("client-side-encrypted", Standing.NOT_SET)], Answer.UNKNOWN),
        ([setting("default-encryption")], Answer.UNKNOWN),
    ],
)
def test_a_bucket_that_its_store_can_read_is_not_known_to_be_above(settings, answer):
    assert of_media(posture(*settings, name="dumps"), buckets=("dumps",)).answer is answer


def test_what_nobody_agreed_on_proves_and_refutes_nothing():
    assert of_media(lies("exports", "dm-crypt")).answer is Answer.EVIDENCE
    gone = case(*GOOD, servers=(figures(lies("exports", "dm-crypt"), server="web9"),))
    assert above_the_disk(gone, AT_REST).answer is Answer.EVIDENCE


def travelling(*facts, status: Status = Status.PASS, **agreed):
    found = finding("data.exposed", status)
    known = case(found, plans=(plan(**agreed),), servers=(figures(*facts),))
    return travels_encrypted(known, ON_ITS_WAY)


def transport(standing: Standing = Standing.SAFE):
    one = setting("transport-encrypted", standing)
    return posture(one, subject="transport", name="local", backup_set=Name("files"))


def test_what_travels_encrypted_is_evidence():
    assert travelling(transport()).answer is Answer.EVIDENCE
    assert travelling(transport(), status=Status.UNKNOWN).answer is Answer.UNKNOWN


def test_what_travels_in_clear_text_speaks_against_it_also_where_it_is_tolerated():
    said = travelling(transport(Standing.UNSAFE))
    assert said.answer is Answer.CONTRARY
    assert said.reason == "web1 transport files/local: it travels in clear text"


def test_a_database_without_tls_speaks_against_it():
    plain = posture(setting("tls-enabled", Standing.NOT_SET), subject="database", name="shop")
    assert travelling(plain, databases=("shop",)).answer is Answer.CONTRARY
    assert travelling(plain).answer is Answer.EVIDENCE


def test_another_way_in_is_no_answer_to_how_data_travels():
    said = travelling(transport(), status=Status.FAIL)
    assert said.answer is Answer.UNKNOWN
    assert said.reason.endswith("but data.exposed does not hold")


RULE = certified(Protects.AT_REST)


def of_means(*named, **fields):
    return RULE(case(*GOOD, means=named, **fields), AT_REST)


def test_aes_is_no_certificate():
    said = of_means()
    assert said.answer is Answer.CONTRARY
    assert said.reason == (
        "certified means are needed on web1, and none is named; proven encryption is no "
        "certificate: web1/files/local (restic-format)"
    )


@pytest.mark.parametrize(
    "known", [copy(encrypted=Readable.UNKNOWN), copy(encryption=None)], ids=["old", "never"]
)
def test_only_what_is_proven_is_named(known):
    assert of_means(copies=(known,)).reason.endswith("and none is named")


def test_named_means_are_evidence_by_somebodys_word_until_they_end():
    said = of_means(means(), means(name="Older", valid_until=date(2026, 12, 1)))
    assert said.answer is Answer.EVIDENCE
    assert said.attested
    assert "Example, certificate 000/000-0000, valid until 2027-01-31, by the word of Eve" in (
        said.reason
    )


def test_it_holds_to_the_end_of_its_last_day():
    last = date(2026, 11, 21)
    assert of_means(means(valid_until=last)).until == datetime(2026, 11, 22, tzinfo=UTC)
    assert of_means(means(valid_until=last)).answer is Answer.EVIDENCE
    said = of_means(means(valid_until=date(2026, 11, 20)))
    assert said.answer is Answer.CONTRARY
    assert "certificate 000/000-0000 of Example ended on 2026-11-20" in said.reason


def test_the_end_of_the_calendar_is_an_end():
    assert means(valid_until=date.max).ends_at == FAR


def test_means_count_for_what_they_protect_and_where_they_are():
    assert of_means(means(protects=(Protects.IN_TRANSIT,))).answer is Answer.CONTRARY
    assert of_means(means(servers=("web1",))).answer is Answer.EVIDENCE
    two = (plan(), plan("web2"))
    here = case(*GOOD, plans=two, means=(means(servers=("web1",)),), copies=())
    said = RULE(here, AT_REST)
    assert said.answer is Answer.CONTRARY
    assert said.reason.startswith("certified means are needed on web2")


def test_no_certificate_hides_what_can_be_read():
    bad = case(GOOD[0], finding("data.encrypted", Status.FAIL), means=(means(),))
    assert RULE(bad, AT_REST).answer is Answer.CONTRARY
    dark = case(GOOD[0], finding("data.encrypted", Status.UNKNOWN), means=(means(),))
    assert RULE(dark, AT_REST).answer is Answer.UNKNOWN


def test_no_server_no_means():
    assert of_means(means(), plans=()).answer is Answer.UNKNOWN


def test_what_is_stored_encrypted_is_no_word_on_how_it_travels():
    rule = certified(Protects.IN_TRANSIT, travels_encrypted)
    said = rule(case(finding("data.exposed")), ON_ITS_WAY)
    assert said.reason == "certified means are needed on web1, and none is named"


def test_on_its_way_they_count_with_what_is_seen_of_it():
    rule = certified(Protects.IN_TRANSIT, travels_encrypted)
    known = case(finding("data.exposed"), means=(means(),))
    assert rule(known, ON_ITS_WAY).answer is Answer.EVIDENCE
    assert rule(known, ON_ITS_WAY).attested
    assert means().ends_at - known.now > DAY

"""Who else can read it, as the client reads it: nothing better than it is, and no value in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from guardian_agent.wire.observations import CopyEncryption, Encryption, Standing

from guardian.domain.evidence import EncryptionSeen
from guardian.domain.ladder import Rung
from guardian.domain.looks import ExposureSeen, PersonalDataSeen, PostureSeen, ReachSeen
from guardian.domain.readers import Readable
from guardian.domain.snapshot import ServerFigures, Snapshot
from guardian.domain.verdict import Finding
from guardian.reports.html import FORMAT
from guardian.reports.html.readers import CopyReaders, Readers, read_by
from tests.central.domain.making import (
    denied,
    encryption,
    exposure,
    files,
    personal,
    posture,
    reach,
    setting,
)
from tests.central.reports import months
from tests.central.reports.months import BUILT, DB, FAIL, FILES, ORDERS, PASS, UNKNOWN, finding

WEB1 = ServerFigures(
    client="acme",
    server="web1",
    last_statement_at=None,
    clock_skew_seconds=None,
    agent_version=None,
)


def shot(*servers: ServerFigures, findings: tuple[Finding, ...] = ()) -> Snapshot:
    return Snapshot(judged_at=BUILT, findings=findings, servers=servers)


def told(server: ServerFigures, *findings: Finding) -> dict[str, str]:
    own = shot(server, findings=findings)
    (found,) = read_by(own, own, "acme").servers
    return {fact.name: fact.said for fact in found.facts}


def of_copy(fact: CopyEncryption | None, encrypted: Readable) -> CopyReaders:
    seen = None if fact is None else EncryptionSeen(received_at=BUILT, fact=fact)
    copy = months.figures(FILES, Rung.OBSERVED, encryption=seen, encrypted=encrypted)
    own = replace(shot(), copies=(copy,))
    (found,) = read_by(own, own, "acme").copies
    return found


def test_a_copy_answers_three_questions() -> None:
    fact = encryption(doors_tried=3, key_held="on-server", fetched_by="owner")
    assert of_copy(fact, Readable.PROVEN) == CopyReaders(
        where="web1, files, copy local",
        status=None,
        proven="Unreadable without the key; 3 keys that strangers try did not open it "
        "(seen 2 Dec 2026, 06:00)",
        key="The key is on the server",
        fetched="Only its owner can fetch its bytes",
    )


@pytest.mark.parametrize(
    ("fact", "encrypted", "proven"),
    [
        (None, Readable.UNKNOWN, "Nothing: nobody has looked yet"),
        (
            encryption(door="empty-password"),
            Readable.REFUTED,
            "The empty password opens it, whatever its format says (restic-format)",
        ),
        (
            encryption(Encryption.PLAINTEXT),
            Readable.REFUTED,
            "The copy can be read without a key (restic-format)",
        ),
        (
            encryption(),
            Readable.UNKNOWN,
            "Nothing that still holds (seen 2 Dec 2026, 06:00)",
        ),
    ],
)
def test_what_is_proven_is_no_more_than_that(
    fact: CopyEncryption | None, encrypted: Readable, proven: str
) -> None:
    found = of_copy(fact, encrypted)
    assert found.proven == proven
    assert (found.key, found.fetched) == ("Not known", "Not known")


def test_the_worst_copy_comes_first() -> None:
    copies = tuple(months.figures(asset, Rung.OBSERVED) for asset in (FILES, ORDERS))
    found = (finding(FILES, "backup.encrypted"), finding(ORDERS, "backup.encrypted", FAIL))
    own = replace(shot(findings=found), copies=copies)
    rows = read_by(own, own, "acme").copies
    assert [(row.where, row.status) for row in rows] == [
        ("db1, orders-db, copy dumps", FAIL),
        ("web1, files, copy local", PASS),
    ]


def test_a_place_says_what_can_be_read_by_whom_and_whose_data_it_is() -> None:
    server = replace(
        WEB1,
        exposures=(
            ExposureSeen(
                received_at=BUILT,
                fact=exposure(files(1200), files(3, Encryption.PLAINTEXT, "csv"), turned_files=1),
            ),
        ),
        reaches=(
            ReachSeen(received_at=BUILT, fact=reach(("world-readable", 2), ("odd", 0))),
            ReachSeen(received_at=BUILT, fact=reach(name="jobs", complete=False)),
        ),
        personal=(
            PersonalDataSeen(received_at=BUILT, fact=personal(("card", 40), ("iban", 0), files=3)),
        ),
    )
    assert told(server) == {
        "exports": "ALARM: 1 file could be read once and look like ciphertext now. "
        "Of 1,203 files, 3 can be read without a key. "
        "Others get in: 2 files that every user of the machine can read. "
        "Personal data in 3 readable files: 40 payment card numbers.",
        "jobs": "No way in for others was found. That look was cut short.",
    }


def test_what_nobody_can_say_is_said() -> None:
    scan = exposure(files(2, Encryption.UNKNOWN), complete=False)
    server = replace(
        WEB1,
        exposures=(ExposureSeen(received_at=BUILT, fact=scan),),
        personal=(PersonalDataSeen(received_at=BUILT, fact=personal(files=0)),),
    )
    assert told(server)["exports"] == (
        "Of 2 files, 0 can be read without a key, and of 2 nobody can say. "
        "That look was cut short. No personal data was found in 0 readable files."
    )


def test_what_holds_the_data_says_its_settings_and_what_nobody_may_ask() -> None:
    bucket = posture(
        setting("tls-only"),
        setting("public-by-policy", Standing.UNSAFE),
        denied("public-by-acl", "s3.getbucketacl"),
        setting("versioning", Standing.DENIED),
    )
    sent = posture(
        setting("transport-encrypted"), subject="transport", name="cloud", backup_set="files"
    )
    seen = tuple(PostureSeen(received_at=BUILT, fact=fact) for fact in (bucket, sent))
    assert told(replace(WEB1, postures=seen)) == {
        "bucket archive": "1 of 4 settings known to be safe; not safe: its policy lets strangers "
        "in; not known: public by acl is not known (permission s3:getbucketacl is missing), "
        "versioning is not known (not allowed to ask).",
        "transport files, copy cloud": "1 of 1 setting known to be safe.",
        "Missing permissions": "s3:getbucketacl",
    }


def test_servers_say_the_worst_of_their_controls_and_come_in_its_order() -> None:
    jobs = (ReachSeen(received_at=BUILT, fact=reach(name="jobs")),)
    servers = tuple(replace(WEB1, server=name, reaches=jobs) for name in ("db1", "web1", "x"))
    found = (
        finding(DB, "data.encrypted"),
        finding(DB, "data.exposed", UNKNOWN),
        finding(months.WEB, "data.personal", FAIL),
        finding(months.WEB, "agent.clock", UNKNOWN),
    )
    own = shot(*servers, findings=found)
    rows = read_by(own, own, "acme").servers
    assert [(row.server, row.status) for row in rows] == [
        ("web1", FAIL),
        ("db1", UNKNOWN),
        ("x", None),
    ]


def test_a_server_of_which_nothing_is_known_is_left_out() -> None:
    assert read_by(shot(WEB1), shot(WEB1), "acme") == Readers(copies=(), servers=(), held=())


class TestCustody:
    shelf = replace(
        WEB1, client="provider", server="shelf", custody_of="acme", gone_by=date(2027, 1, 31)
    )
    custody = finding(
        months.server("shelf", "provider"),
        "data.custody",
        FAIL,
        "data of acme is held here and in no backup set",
    )

    def test_what_we_hold_of_a_client_stands_in_its_own_report(self) -> None:
        fleet = shot(self.shelf, findings=(self.custody,))
        (held,) = read_by(shot(), fleet, "acme").held
        assert (held.server, held.status) == ("shelf", FAIL)
        assert held.said == (
            "It must be gone by 2027-01-31. Data of acme is held here and in no backup set."
        )
        assert read_by(shot(), fleet, "globex").held == ()

    def test_what_nobody_judged_is_said(self) -> None:
        endless = replace(self.shelf, gone_by=None)
        (held,) = read_by(shot(), shot(endless), "acme").held
        assert (held.status, held.said) == (None, "Nobody judged it yet.")


def test_the_page_has_it_all() -> None:
    month = months.troubled()
    copies = tuple(
        replace(copy, encryption=EncryptionSeen(received_at=BUILT, fact=encryption()))
        for copy in month.snapshot.copies
    )
    place = (ReachSeen(received_at=BUILT, fact=reach(("world-readable", 2))),)
    servers = (replace(WEB1, reaches=place), TestCustody.shelf)
    page = FORMAT.render(replace(month, snapshot=replace(month.snapshot, copies=copies,
                                                         servers=servers))).decode()  # fmt: skip
    assert "Who else can read it" in page
    assert "Others get in: 2 files that every user of the machine can read." in page
    assert "Your data in our own custody" in page
    assert "Who can fetch the bytes" in page

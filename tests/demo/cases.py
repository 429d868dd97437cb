"""The eighteen servers of the demo."""

from __future__ import annotations

from random import Random

from tests.demo.case import Case, Place
from tests.world.archive import Archive
from tests.world.borg import Borg
from tests.world.dates import days_ago, hours_ago, yesterday
from tests.world.people.numbers import card
from tests.world.postgresql import postgresql
from tests.world.restic import Restic, damage_trees
from tests.world.users import USER, hand_over

RESTIC_SKIPPED_FILES = 3
BAKERY, LAW, CLINIC = "harbor-bakery", "lindqvist-law", "st-marys-clinic"
PROVIDER = "north-wind"
"""Who runs central has servers of its own, too."""


def restic_office(place: Place) -> None:
    place.office()
    place.restic()


def borg_office(place: Place) -> None:
    place.office()
    place.borg()


def backup(place: Place) -> None:
    assert place.tool is not None
    place.tool.backup(place.files).checked()


def website(place: Place) -> None:
    place.office(seed="website")
    place.keep(Archive(place.folder / "backup").settings(place.folder))
    place.server.exempt["backup.encrypted"] = "the website is public, nothing in it is confidential"


def archive_website(place: Place) -> None:
    Archive(place.folder / "backup").make(place.files, name=place.files)


def stale(place: Place) -> None:
    borg_office(place)
    assert isinstance(place.tool, Borg)
    for days in (11, 10, 9):
        place.tool.backup(place.files, date=hours_ago(24 * days)).checked()


def future(place: Place) -> None:
    restic_office(place)
    assert isinstance(place.tool, Restic)
    place.tool.backup(place.files, date=days_ago(6)).checked()
    place.tool.backup(place.files, date="2031-01-01 00:00:00").checked()


def till(place: Place) -> None:
    place.tests = [{"kind": "sample"}, {"kind": "full"}]
    restic_office(place)


ORDERS_OF_YESTERDAY: dict[str, object] = {
    "name": "orders-of-yesterday",
    "sql": "select max(placed) from orders",
    "newer_than": "26h",
}


def webshop(place: Place) -> None:
    """The nightly dump lies among the files, and restic keeps both."""
    dump = place.files / "dumps" / "shop.dump"
    with postgresql() as server:
        server.dump(dump).checked()
    ask = {"engine": "postgresql", "path": str(dump), "question": [ORDERS_OF_YESTERDAY]}
    place.tests = [{"kind": "sample"}, {"kind": "database", **ask}]
    restic_office(place)


def orders(place: Place) -> None:
    _dumped(place, "orders-db")


def billing(place: Place) -> None:
    _dumped(place, "billing-db", "--schema-only")
    place.server.exempt["backup.encrypted"] = "the dumps lie on an encrypted volume"


def _dumped(place: Place, backup_set: str, *words: str) -> None:
    place.office()
    dumps = place.folder / "backup" / "dumps"
    with postgresql() as server:
        server.dump(dumps / "shop.dump", *words).checked()
    place.tests = [{"kind": "database", "question": [ORDERS_OF_YESTERDAY]}]
    settings = {"tool": "postgres_dump", "path": str(dumps), "pattern": "*.dump"}
    place.keep(dict(settings), backup_set=backup_set)


def old_points(place: Place) -> None:
    restic_office(place)
    assert isinstance(place.tool, Restic)
    for days in (4, 3, 2, 1):
        place.tool.backup(place.files, date=days_ago(days)).checked()


def delete_points(place: Place) -> None:
    assert isinstance(place.tool, Restic)
    place.tool("forget", "--keep-last", "1", "--prune").checked()


def not_mounted(place: Place) -> None:
    place.office()
    place.files.rename(place.files.with_name("unmounted"))
    place.files.mkdir()
    place.restic()


def unreadable(place: Place) -> None:
    place.office()
    hand_over(place.folder, USER)
    (place.files / "department-1" / "letter-01.txt").chmod(0)
    place.restic(user=USER)


def partial_backup(place: Place) -> None:
    assert place.tool is not None
    assert place.tool.backup(place.files).status == RESTIC_SKIPPED_FILES


def open_borg(place: Place) -> None:
    place.office()
    place.borg("none")


def known_passphrase(place: Place) -> None:
    """`borg info` says: Encrypted: Yes (repokey)."""
    place.office()
    place.borg(passphrase="")


def open_export(place: Place) -> None:
    restic_office(place)
    chance = Random("export")
    rows = "".join(f"{number},A. Example,{card(chance)}\n" for number in range(40))
    export = place.exports / "payments.csv"
    export.write_text(f"patient,name,card_number\n{rows}")
    export.chmod(0o644)


def leftovers(place: Place) -> None:
    """What a migration left on a disk of the provider's, and nobody remembers."""
    restic_office(place)
    place.server.custody_of = CLINIC
    place.server.gone_by = yesterday()


def damage(place: Place) -> None:
    assert isinstance(place.tool, Restic)
    damage_trees(place.tool)
    careless = place.tool("restore", "latest", "--target", str(place.folder / "careless"))
    careless.checked()


def backup_long_ago(place: Place) -> None:
    restic_office(place)
    assert isinstance(place.tool, Restic)
    place.tool.backup(place.files, date=days_ago(2.1)).checked()


CASES = (
    Case(
        client=BAKERY,
        server="till",
        story="healthy: restic, restored as a sample and whole, and compared",
        prepare=till,
        backup=backup,
    ),
    Case(
        client=BAKERY,
        server="office",
        story="healthy: borg with a key, restored and compared",
        prepare=borg_office,
        backup=backup,
    ),
    Case(
        client=BAKERY,
        server="website",
        story="healthy: nightly tar, unencrypted by agreement",
        prepare=website,
        backup=archive_website,
    ),
    Case(
        client=BAKERY,
        server="webshop",
        story="healthy: the dump that restic keeps came to life and has yesterday's orders",
        prepare=webshop,
        backup=backup,
    ),
    Case(
        client=LAW,
        server="files",
        story="borg stopped nine days ago; its cron mail still says OK",
        prepare=stale,
        control="backup.fresh",
    ),
    Case(
        client=LAW,
        server="mail",
        story="backups stopped; one snapshot is dated 2031 and tops every list",
        prepare=future,
        control="backup.fresh",
    ),
    Case(
        client=LAW,
        server="orders",
        story="the database dump is fresh and whole, and anybody can read it",
        prepare=orders,
        control="backup.encrypted",
    ),
    Case(
        client=LAW,
        server="billing",
        story="the dump is fresh and restores without an error: tables without a row",
        prepare=billing,
        control="restore.tested",
    ),
    Case(
        client=LAW,
        server="archive",
        story="somebody deleted this week's restore points; the newest is fresh",
        prepare=old_points,
        backup=backup,
        afterwards=delete_points,
        control="backup.vanished",
    ),
    Case(
        client=CLINIC,
        server="web",
        story="the data was not mounted; restic saved an empty folder, exit 0",
        prepare=not_mounted,
        backup=backup,
        control="backup.complete",
    ),
    Case(
        client=CLINIC,
        server="imaging",
        story="one file could not be read; the snapshot carries no mark of it",
        prepare=unreadable,
        backup=partial_backup,
        control="backup.complete",
    ),
    Case(
        client=CLINIC,
        server="nas",
        story="borg without encryption",
        prepare=open_borg,
        backup=backup,
        control="backup.encrypted",
    ),
    Case(
        client=CLINIC,
        server="records",
        story="the repository is damaged; `restic restore` succeeds out of its cache",
        prepare=restic_office,
        backup=backup,
        afterwards=damage,
        control="restore.tested",
    ),
    Case(
        client=CLINIC,
        server="reception",
        story="the agent fell silent two days ago",
        prepare=backup_long_ago,
        control="agent.reporting",
        ago="2d",
    ),
    Case(
        client=CLINIC,
        server="branch",
        story="the server was agreed on, and its agent never enrolled",
        prepare=restic_office,
        control="agent.reporting",
        status="unknown",
        enrolled=False,
    ),
    Case(
        client=LAW,
        server="contracts",
        story="borg says `Encrypted: Yes`; its passphrase is empty",
        prepare=known_passphrase,
        backup=backup,
        control="backup.encrypted",
    ),
    Case(
        client=CLINIC,
        server="billing-office",
        story="the backup is encrypted; an export with card numbers lies open beside it",
        prepare=open_export,
        backup=backup,
        control="data.personal",
    ),
    Case(
        client=PROVIDER,
        server="shelf",
        story="the clinic's old data, kept by the provider: it should be gone since yesterday",
        prepare=leftovers,
        backup=backup,
        control="data.custody",
    ),
)

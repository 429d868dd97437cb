"""The thirteen servers of the demo."""

from __future__ import annotations

from tests.demo.case import Case, Place
from tests.world.archive import Archive
from tests.world.borg import Borg
from tests.world.dates import days_ago, hours_ago
from tests.world.postgresql import postgresql
from tests.world.restic import Restic, damage_trees
from tests.world.users import USER, hand_over

RESTIC_SKIPPED_FILES = 3
BAKERY, LAW, CLINIC = "harbor-bakery", "lindqvist-law", "st-marys-clinic"


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


def orders(place: Place) -> None:
    place.office()
    dumps = place.folder / "backup" / "dumps"
    with postgresql() as server:
        server.dump(dumps / "orders.dump").checked()
    settings = {"tool": "postgres_dump", "path": str(dumps), "pattern": "*.dump"}
    place.keep(dict(settings), backup_set="orders-db")
    place.server.exempt["restore.tested"] = "restored into a database by hand, each quarter"


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
        story="healthy: restic, restored and compared",
        prepare=restic_office,
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
)

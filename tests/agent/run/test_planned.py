from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from guardian_agent.config import parse_config
from guardian_agent.errors import ConfigError
from guardian_agent.probe import Probe
from guardian_agent.restore import kinds
from guardian_agent.restore.kind import AnyKind, Kind
from guardian_agent.run.copies import known_copies
from guardian_agent.run.planned import Chore, chores

from tests.agent.restore.fake_tool import FakeTool
from tests.agent.run.scene import Toolbox

DAY = timedelta(days=1)

TOML = """
[central]
url = "https://central.example:8443"
[limits]
restore_seconds = 60
restore_bytes = 1000
[[backup_set]]
name = "files"
  [[backup_set.copy]]
  name = "local"
  tool = "fake"
  storage = "nas"
  [[backup_set.copy]]
  name = "offsite"
  tool = "fake"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A kind's own."""

    depth: int = 1
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demanding:
    """Settings of a kind that cannot do without."""

    script: str


def kind(name: str, settings: type = Settings, **words) -> AnyKind:
    known = {"by_default": False, "every": 7 * DAY, "fits": lambda _: True, "test": lambda _: None}
    return Kind(name=name, settings=settings, **{**known, **words})


@dataclass
class Few:
    """The kinds of this test."""

    known: tuple[AnyKind, ...] = (
        kind("sample", by_default=True),
        kind("full", every=30 * DAY),
        kind("database", fits=lambda _: False, fits_with=lambda _, settings: bool(settings.path)),
        kind("archive", by_default=True, fits=lambda probe: probe.tool == "tar"),
        kind("command", Demanding),
    )

    def names(self) -> list[str]:
        return [each.name for each in self.known]

    def find(self, name: str) -> AnyKind | None:
        return next((each for each in self.known if each.name == name), None)

    def load(self) -> list[AnyKind]:
        return list(self.known)


def planned(text: str, extra: str | None = None, probe: Probe | None = None) -> list[Chore]:
    config = parse_config(TOML + text)
    copies = known_copies(config, b"k" * 32, Toolbox(probe or FakeTool().probe()))
    return chores(config, copies, Few(), extra)


def a_test(words: str) -> str:
    return f"  [[backup_set.test]]\n  {words}\n"


def said(found: list[Chore]) -> list[str]:
    return [f"{each.copy} {each.name}" for each in found]


BY_DEFAULT = ["local sample", "local integrity", "offsite sample", "offsite integrity"]


def test_every_copy_gets_the_usual_kinds_that_fit_it_and_a_check_of_its_data():
    found = planned("")
    assert said(found) == BY_DEFAULT
    assert found[0].settings == Settings()
    assert (found[0].every, found[0].within, found[0].room_bytes) == (
        7 * DAY,
        timedelta(seconds=60),
        1000,
    )


def test_a_copy_that_no_kind_fits_gets_one_that_says_so():
    few = Few((kind("sample", by_default=True, fits=lambda _: False),))
    config = parse_config(TOML)
    copies = known_copies(config, b"k" * 32, Toolbox(FakeTool().probe()))
    assert said(chores(config, copies, few)) == BY_DEFAULT


def test_a_tool_without_a_check_is_not_checked():
    whole = FakeTool().probe()
    bare = Probe(tool="fake", settings=whole.settings, gather=whole.gather, parse=whole.parse)
    assert said(planned("", probe=bare)) == ["local sample", "offsite sample"]


def test_what_is_planned_replaces_what_is_usual():
    found = planned(a_test('kind = "full"\n  copy = "offsite"\n  every = "90d"\n  depth = 3'))
    assert said(found) == ["local integrity", "offsite full", "offsite integrity"]
    assert found[1].settings == Settings(depth=3)
    assert found[1].every == 90 * DAY


def test_a_test_of_no_named_copy_is_of_every_copy_and_may_say_what_it_takes():
    found = planned(a_test('kind = "full"\n  within = "8h"\n  room_bytes = 5000'))
    assert said(found)[::2] == ["local full", "offsite full"]
    assert found[0].every == 30 * DAY
    assert (found[0].within, found[0].room_bytes) == (timedelta(hours=8), 5000)


def test_the_check_has_its_own_period():
    config = parse_config('[restore_tests]\ncheck_every = "3d"\n' + TOML)
    copies = known_copies(config, b"k" * 32, Toolbox(FakeTool().probe()))
    assert chores(config, copies, Few())[1].every == 3 * DAY


def test_a_kind_may_fit_by_what_is_planned():
    found = planned(a_test('kind = "database"\n  copy = "local"\n  path = "/dump.sql"'))
    assert said(found)[0] == "local database"


def test_a_kind_that_is_asked_for_is_added_where_it_fits_and_is_not_planned():
    assert said(planned("", "full"))[:2] == ["local sample", "local full"]
    assert said(planned(a_test('kind = "full"'), "full"))[:2] == ["local full", "local integrity"]
    assert said(planned("", "database")) == BY_DEFAULT
    assert said(planned("", "command")) == BY_DEFAULT, "it needs settings"


def test_copies_share_a_storage_where_they_say_so():
    assert [each.storage for each in planned("")[::2]] == ["nas", "files@offsite"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            a_test('kind = "sampel"'),
            (
                r"at \$\.backup_set\[0\]\.test\[0\]\.kind: no kind of restore test 'sampel'; "
                "did you mean 'sample'"
            ),
        ),
        (a_test('kind = "zzz"'), "there are: sample, full, database, archive, command"),
        (
            a_test('kind = "full"\n  dept = 3'),
            (
                r"backup set 'files', test of kind 'full': at \$\.backup_set\[0\]\.test\[0\]: "
                "unknown key 'dept'; did you mean 'depth'"
            ),
        ),
        (a_test('kind = "command"'), "key 'script' is missing"),
        (
            a_test('kind = "database"'),
            r"at \$\.backup_set\[0\]\.test\[0\]: no copy of it can be tested by kind 'database'",
        ),
        (
            a_test('kind = "archive"\n  copy = "offsite"'),
            "copy 'offsite' cannot be tested by kind 'archive'",
        ),
    ],
)
def test_what_cannot_be_done_is_told_with_its_place(text, message):
    with pytest.raises(ConfigError, match=message):
        planned(text)


def test_the_kinds_that_are_installed_can_be_asked_for():
    assert {"sample", "full", "database"} <= set(kinds.names())
    assert kinds.find("sample") is not None
    assert kinds.find("no-such-kind") is None

from __future__ import annotations

from datetime import timedelta

import pytest
from guardian_agent.config import parse_config
from guardian_agent.errors import ConfigError

CENTRAL = '[central]\nurl = "https://guardian.example:8443"\n'
SET = '[[backup_set]]\nname = "files"\npaths = ["/srv"]\n'
COPY = '[[backup_set.copy]]\nname = "local"\ntool = "restic"\nrepository = "/backup"\n'
WATCH = '[[exposure]]\nname = "exports"\npaths = ["/srv/exports"]\n'
TEST = '[[backup_set.test]]\nkind = "sample"\n'


def test_planned_tests_are_read_with_their_kinds_own_settings_apart():
    extra = 'every = "30d"\nwithin = "8h"\nroom_bytes = 1000\nbinary = "psql"\n'
    config = parse_config(CENTRAL + SET + COPY + TEST + extra)
    (test,) = config.backup_sets[0].tests
    assert (test.kind, test.copy, test.every) == ("sample", None, timedelta(days=30))
    assert (test.within, test.room_bytes) == (timedelta(hours=8), 1000)
    assert test.settings == {"binary": "psql"}


def test_the_same_kind_may_test_two_copies():
    second = COPY.replace("local", "offsite")
    tests = "".join(f'{TEST}copy = "{name}"\n' for name in ("local", "offsite"))
    assert len(parse_config(CENTRAL + SET + COPY + second + tests).backup_sets[0].tests) == 2


def test_restore_tests_run_at_night_where_nothing_is_said():
    assert parse_config(CENTRAL).restore_tests.window == ("20:00-06:00",)
    said = CENTRAL + '[restore_tests]\nwindow = ["sat-sun 00:00-24:00"]\n'
    assert parse_config(said).restore_tests.window == ("sat-sun 00:00-24:00",)


def test_a_whole_file_is_read():
    config = parse_config(CENTRAL + SET + COPY + WATCH)
    (backup_set,) = config.backup_sets
    (copy,) = backup_set.copies
    assert (backup_set.name, copy.name, copy.tool) == ("files", "local", "restic")
    assert copy.settings == {"repository": "/backup"}
    assert [watch.name for watch in config.exposures] == ["exports"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(SET, "key 'central' is missing", id="no central"),
        pytest.param(CENTRAL + "[limit]\n", "did you mean 'limits'?", id="misspelt"),
        pytest.param(CENTRAL + SET * 2, "two entries are named 'files'", id="two sets"),
        pytest.param(CENTRAL + SET + COPY * 2, "two entries are named 'local'", id="two copies"),
        pytest.param(CENTRAL + WATCH * 2, "two entries are named 'exports'", id="two exposures"),
        pytest.param(CENTRAL + SET.replace("files", "Fi les"), "expected a name", id="no name"),
        pytest.param(
            CENTRAL + SET + COPY.replace("local", "Lo cal"),
            "at $.backup_set[0].copy[0].name: expected a name",
            id="no name of a copy",
        ),
        pytest.param(
            CENTRAL + SET.replace("/srv", "srv"),
            "'files' has path 'srv'; expected an absolute one",
            id="relative path",
        ),
        pytest.param(
            CENTRAL + WATCH.replace("/srv", "./srv"),
            "expected an absolute one",
            id="relative watch",
        ),
        pytest.param(
            CENTRAL + SET + COPY + TEST + 'copy = "locl"\n',
            "at $.backup_set[0].test[0].copy: backup set 'files' has no such copy; "
            "did you mean 'local'?",
            id="test of a misspelt copy",
        ),
        pytest.param(
            CENTRAL + SET + COPY + TEST + 'copy = "tape"\n',
            "there are: local",
            id="test of no copy",
        ),
        pytest.param(CENTRAL + SET + TEST + 'copy = "tape"\n', "there are: none", id="no copies"),
        pytest.param(
            CENTRAL + SET + COPY + TEST * 2,
            "at $.backup_set[0].test[1]: 'sample' is planned twice",
            id="same test twice",
        ),
        pytest.param(
            CENTRAL + SET + COPY + TEST + TEST + 'copy = "local"\n',
            "planned twice",
            id="once for every copy, once for one",
        ),
        pytest.param(
            CENTRAL + SET + COPY + TEST + 'every = "59m"\n',
            "at $.backup_set[0].test[0].every: expected at least 1h",
            id="too often",
        ),
        pytest.param(
            CENTRAL + '[restore_tests]\ncheck_every = "5m"\n', "at least 1h", id="check too often"
        ),
        pytest.param(
            CENTRAL + '[restore_tests]\nwindow = ["22:00-05:00", "nights"]\n',
            "at $.restore_tests.window[1]: expected a window such as",
            id="no window",
        ),
        pytest.param(
            CENTRAL + '[restore_tests]\nwindow = ["05:00-05:00"]\n',
            "this window never opens",
            id="window that never opens",
        ),
        pytest.param("[central", "not TOML", id="no TOML"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_place(text, said):
    with pytest.raises(ConfigError, match=r"^here: ") as caught:
        parse_config(text, "here")
    assert said in str(caught.value)

from __future__ import annotations

import pytest
from guardian_agent.config import parse_config
from guardian_agent.errors import ConfigError

CENTRAL = '[central]\nurl = "https://guardian.example:8443"\n'
SET = '[[backup_set]]\nname = "files"\npaths = ["/srv"]\n'
COPY = '[[backup_set.copy]]\nname = "local"\ntool = "restic"\nrepository = "/backup"\n'
WATCH = '[[exposure]]\nname = "exports"\npaths = ["/srv/exports"]\n'


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
        pytest.param("[central", "not TOML", id="no TOML"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_place(text, said):
    with pytest.raises(ConfigError, match=r"^here: ") as caught:
        parse_config(text, "here")
    assert said in str(caught.value)

from __future__ import annotations

import gzip
import shutil

import pytest
from guardian_agent.probes.file_drop import PROBE as FILE_DROP
from guardian_agent.probes.postgres_dump import PROBE as POSTGRES_DUMP
from guardian_agent.wire.observations import Outcome, PointContents, Reason

from tests.agent.probes.real import Asked, files_of, make_data
from tests.agent.probes.subjects import fact, refused
from tests.world.commands import run
from tests.world.postgresql import postgresql

pytestmark = pytest.mark.tools


@pytest.fixture(scope="module")
def dumps(tmp_path_factory):
    """Dump one database in every form."""
    folder = tmp_path_factory.mktemp("dumps")
    with postgresql() as server:
        for form in ("custom", "directory", "plain", "tar"):
            server.dump(folder / form, form=form).checked()
    packed = gzip.compress((folder / "plain").read_bytes())
    (folder / "packed").write_bytes(packed)
    run("zstd", "-q", folder / "plain", "-o", folder / "zstd").checked()
    return folder


@pytest.fixture
def dropped(dumps, tmp_path):
    """Drop a dump into a folder of its own and return it with what asks about it."""

    def drop(form: str):
        target = tmp_path / "drop" / form
        target.parent.mkdir()
        source = dumps / form
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
        settings = {"path": str(target.parent), "pattern": "*"}
        return target, Asked(POSTGRES_DUMP, tmp_path, settings)

    return drop


@pytest.mark.parametrize("form", ["custom", "directory", "plain", "tar", "packed", "zstd"])
def test_a_healthy_dump(dropped, form):
    _, asked = dropped(form)
    facts = asked.facts()
    assert fact(facts, PointContents).valid is True
    assert asked.verify().outcome is Outcome.PASSED


@pytest.mark.parametrize("form", ["custom", "plain", "tar", "packed", "zstd"])
@pytest.mark.parametrize("share", [0, 0.4, 0.9])
def test_a_dump_cut_short(dropped, form, share):
    dump, asked = dropped(form)
    whole = dump.read_bytes()
    dump.write_bytes(whole[: int(len(whole) * share)])
    found = fact(asked.facts(), PointContents)
    assert (found.valid, found.reason) == (False, Reason.DAMAGED)
    assert asked.verify().outcome is Outcome.FAILED


@pytest.mark.parametrize("share", [None, 0, 0.5])
def test_a_folder_that_lacks_a_table(dropped, share):
    dump, asked = dropped("directory")
    table = max(dump.glob("*.dat.gz"), key=lambda path: path.stat().st_size)
    whole = table.read_bytes()
    table.unlink()
    if share is not None:
        table.write_bytes(whole[: int(len(whole) * share)])
    found = fact(asked.facts(), PointContents)
    assert (found.valid, found.reason) == (False, Reason.DAMAGED)


def test_a_flipped_bit(dropped):
    dump, asked = dropped("custom")
    data = bytearray(dump.read_bytes())
    data[len(data) // 2] ^= 0x40
    dump.write_bytes(bytes(data))
    assert fact(asked.facts(), PointContents).valid is False


@pytest.mark.parametrize("option", ["-cf", "-czf", "-cjf", "-cJf"])
def test_archives_by_gnu_tar(tmp_path, option):
    live = make_data(tmp_path)
    drop = tmp_path / "drop"
    drop.mkdir()
    run("tar", option, drop / "a.tar", "-C", "/", str(live).lstrip("/")).checked()
    asked = Asked(FILE_DROP, tmp_path, {"path": str(drop), "pattern": "*.tar"}, [live])
    expected = files_of(live)
    listed = asked.contents()
    assert {path for path, (_, is_file) in listed.items() if is_file} == set(expected)
    assert {listed[str(live / name)] for name in ("hard", "deep/two")} == {(5000, True)}
    assert asked.restored(*expected) == expected
    assert asked.verify().outcome is Outcome.PASSED


def test_archives_by_info_zip(tmp_path):
    live = make_data(tmp_path)
    drop = tmp_path / "drop"
    drop.mkdir()
    run("zip", "-qry", drop / "a.zip", "live", directory=tmp_path).checked()
    settings = {"path": str(drop), "pattern": "*.zip", "root": str(tmp_path)}
    asked = Asked(FILE_DROP, tmp_path, settings, [live])
    expected = files_of(live)
    assert {path for path, (_, is_file) in asked.contents().items() if is_file} == set(expected)
    assert asked.restored(*expected) == expected
    assert asked.verify().outcome is Outcome.PASSED


def test_a_hostile_archive_by_gnu_tar(tmp_path):
    live = make_data(tmp_path)
    drop = tmp_path / "drop"
    drop.mkdir()
    (tmp_path / "victim").write_text("untouched")
    words = ("-C", live, "--transform", "s,^two$,../../victim,", "deep", "two")
    (live / "two").write_text("owned")
    run("tar", "-cPf", drop / "a.tar", *words).checked()
    settings = {"path": str(drop), "pattern": "*.tar", "root": str(tmp_path)}
    asked = Asked(FILE_DROP, tmp_path, settings, [live])
    assert fact(asked.facts(), PointContents).reason is Reason.UNSAFE_CONTENTS
    with refused(Reason.UNSAFE_CONTENTS):
        asked.restored(tmp_path / "victim")
    assert (tmp_path / "victim").read_text() == "untouched"

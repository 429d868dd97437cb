from __future__ import annotations

from tests.central.cli.central import Central


def test_one_pass_of_the_configured_folder(guardian):
    done = guardian("ingest")

    assert done.exit_code == 0
    assert done.stdout == "accepted 0, duplicates 0, enrolled 0, refused 0, skipped 0\n"


def test_what_is_refused_is_counted_by_reason(guardian):
    sender = guardian.folder / "drop" / "inbox" / ("ab" * 32)
    sender.mkdir(parents=True)
    (sender / f"{1:010d}-{1:020d}.dsse").write_text("nonsense")

    done = guardian("ingest", str(guardian.folder / "drop"))

    assert done.exit_code == 0
    assert "refused 1" in done.stdout
    assert "refused as malformed: 1" in done.stdout


def test_a_folder_that_is_not_there(guardian):
    done = guardian("ingest", str(guardian.folder / "none"))

    assert done.exit_code == 2
    assert "none" in done.stderr


def test_agents_that_use_no_folder(tmp_path):
    guardian = Central(tmp_path)
    guardian("init")

    done = guardian("ingest")

    assert done.exit_code == 2
    assert "Name a folder" in done.stderr

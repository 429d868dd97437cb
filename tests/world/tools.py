"""Stand-ins for a backup tool that misbehaves, made as scripts that a probe may be pointed at."""

from __future__ import annotations

import shutil
from pathlib import Path

HUNG = """#!/bin/sh
# {mark}: forks twice, ignores TERM, writes for ever
trap '' TERM INT HUP
( ( while :; do echo {mark}; sleep 0.2; done ) & wait ) &
while :; do echo waiting; sleep 0.2; done
"""
TALKATIVE = """#!/bin/sh
echo 'warning: unable to open cache: permission denied'
exec {tool} "$@"
"""
NEWER = """#!/usr/bin/python3
import json, subprocess, sys
done = subprocess.run(["{tool}", *sys.argv[1:]], stdout=subprocess.PIPE)
if "snapshots" in sys.argv and done.returncode == 0:
    told = json.loads(done.stdout)
    for number, each in enumerate(told):
        each["summary"] = {{
            "backup_start": each["time"],
            "backup_end": each["time"],
            "total_files_processed": {files} + number,
            "total_bytes_processed": {size} + number,
        }}
    print(json.dumps(told))
else:
    sys.stdout.buffer.write(done.stdout)
sys.exit(done.returncode)
"""
KILLED = """#!/bin/sh
printf '[{"id":"'
kill -9 $$
"""
HONEST = """#!/bin/sh
exec {tool} "$@"
"""


def hung(folder: Path) -> Path:
    """Make a tool that never ends."""
    return _script(folder, HUNG.format(mark=folder.parent.name))


def talkative(folder: Path) -> Path:
    """Make a restic that prints a warning before its JSON."""
    return _script(folder, TALKATIVE.format(tool=shutil.which("restic")))


def honest(folder: Path) -> Path:
    """Make a wrapper that changes nothing."""
    return _script(folder, HONEST.format(tool=shutil.which("restic")))


def survivors(tool: Path) -> list[str]:
    """Return the processes of `tool` that are still alive."""
    mark = tool.parent.parent.name.encode()
    alive = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if mark in line and b"tool" in line:
            alive.append(folder.name)
    return alive


def _script(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "tool"
    path.write_text(text)
    path.chmod(0o755)
    return path


def killed(folder: Path) -> Path:
    """Make a tool that is killed after half an answer, as for want of memory."""
    return _script(folder, KILLED)


def answering(folder: Path, answers: dict[str, str]) -> Path:
    """Make a tool that answers by the words that it is called with.

    `answers` are texts by patterns of the shell ("snapshot list*--all*"), the first that fits
    counts; else it prints nothing and fails.
    """
    cases = []
    folder.mkdir(parents=True, exist_ok=True)
    for number, (pattern, text) in enumerate(answers.items()):
        (folder / str(number)).write_text(text)
        quoted = pattern.replace(" ", r"\ ")
        cases.append(f"{quoted}) cat {folder / str(number)} ;;")
    lines = "\n".join(cases)
    return _script(folder, f'#!/bin/sh\ncase "$*" in\n{lines}\n*) exit 1 ;;\nesac\n')


def newer(folder: Path, *, files: int, size: int) -> Path:
    """Make a restic that tells of each snapshot what those from 0.17 on tell."""
    text = NEWER.format(tool=shutil.which("restic"), files=files, size=size)
    return _script(folder, text)

"""What a scan costs beside walking the same files and reading the same bytes, in time and memory.

Ours is what a pass does with a watched place: it walks, reads the first and last 64 KiB of each
file (of these small files all, once), classifies them, tries published passwords on some that are
encrypted, and remembers what it found; it neither searches for personal data nor asks who else can
read a file. Where there is a second processor a second process helps. The other walks with
`os.scandir`, reads the same heads and tails with `open` (the tail of a small file, which it has
already, once more), and makes nothing of them. Both have the same low priority; the time is that on
the clock, the memory that of all our processes.

A scan meets files that nobody has read for long, so both begin with an empty page cache. The same
is measured with everything in the cache, where reading costs next to nothing and what is left is
the work of telling what each file is; how fast that is beside libmagic's own command is told, too.

`GUARDIAN_BENCH_FILES` says how many files there are.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from tests.bench._result import Result, at_least, at_most
from tests.world.commands import run

FILES = 200_000
IN_A_FOLDER = 500
ROUNDS = 2
GOAL = 1.5
AGAIN_GOAL = 0.75
MEMORY = 80 * 10**6
LIBMAGIC_FILES = 2_000
LIBMAGIC_GOAL = 5.0
SEED = 7
DROP = Path("/proc/sys/vm/drop_caches")

OURS = """
import json, sys, time
from guardian_agent.config import Limits, Watch
from guardian_agent.exposure.look import Aims, Bytes
from guardian_agent.exposure.scan import memory_of, observe
from guardian_agent.system.real import real_system
place, state = sys.argv[1:]
watch = Watch(name="bench", paths=(place,))
aims = Aims(reach=False, personal=False)
began = time.perf_counter()
memory = memory_of(state, watch.name)
limits = Limits(scan_seconds=3600)
facts = list(observe(watch, limits, real_system(), memory, Bytes(0), aims, remember=True))
seconds = time.perf_counter() - began
"""
OTHER = """
import json, os, sys, time
HEAD = 65536
os.nice(10)  # as ours does
files, seconds = 0, 0.0
began = time.perf_counter()
waiting = [sys.argv[1]]
while waiting:
    with os.scandir(waiting.pop()) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            elif entry.is_file(follow_symlinks=False):
                size = entry.stat(follow_symlinks=False).st_size
                with open(entry.path, "rb") as file:
                    head = file.read(HEAD)
                    file.seek(max(size - HEAD, 0))
                    tail = file.read(HEAD)
                files += 1
seconds = time.perf_counter() - began
"""
COUNTED = "files = sum(each.files for each in facts[0].counts)\n"
TOLD = """
import resource
with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
peak += resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss  # what both share counts twice
print(json.dumps({"seconds": seconds, "files": files, "bytes": peak * 1024}))
"""


def measure() -> Sequence[Result]:
    """Return the ratios of time, of memory, and of speed beside libmagic."""
    count = int(os.environ.get("GUARDIAN_BENCH_FILES", FILES))
    with tempfile.TemporaryDirectory(prefix="guardian-bench-") as name:
        place = Path(name, "srv")
        _fill(place, count)
        return list(_compared(place, Path(name), count))


def _compared(place: Path, folder: Path, count: int) -> Iterator[Result]:
    rounds = [_round(place, folder / f"state-{number}", count) for number in range(ROUNDS)]
    ours, again, other = (min(each[side]["seconds"] for each in rounds) for side in range(3))
    cached = [
        (_ours(place, folder / f"cached-{number}"), _process(OTHER, str(place)))
        for number in range(ROUNDS)
    ]
    warm, warm_other = (min(each[side]["seconds"] for each in cached) for side in range(2))
    peak = max(each[0]["bytes"] for each in rounds)
    reading, mebibyte = "walking and reading", 1024 * 1024
    yield at_most(GOAL, name="scan-time", unit="s", ours=ours, other=other, peer=reading)
    yield at_most(GOAL, name="scan-cached", unit="s", ours=warm, other=warm_other, peer=reading)
    yield at_most(AGAIN_GOAL, name="scan-again", unit="s", ours=again, other=other, peer=reading)
    yield at_most(
        1.0,
        name="scan-memory",
        unit="MiB",
        ours=peak / mebibyte,
        other=MEMORY / mebibyte,
        peer="the limit",
    )
    speed, peer = count / warm, _libmagic(place)
    yield at_least(
        LIBMAGIC_GOAL, name="scan-speed", unit="files/s", ours=speed, other=peer, peer="libmagic"
    )


def _round(place: Path, state: Path, count: int) -> tuple[dict[str, float], ...]:
    """Return what a first scan, a second one and the other took, each without a warm cache."""
    steps: tuple[Callable[[], dict[str, float]], ...] = (
        lambda: _ours(place, state),
        lambda: _ours(place, state),
        lambda: _process(OTHER, str(place)),
    )
    took = []
    for step in steps:
        _forget(place)
        took.append(step())
        assert took[-1]["files"] == count, took
    return tuple(took)


def _ours(place: Path, state: Path) -> dict[str, float]:
    return _process(OURS + COUNTED, str(place), str(state))


def _process(program: str, *words: str) -> dict[str, float]:
    done = run(sys.executable, "-c", program + TOLD, *words).checked()
    return dict(json.loads(done.output.splitlines()[-1]))


def _forget(place: Path) -> None:
    """Empty the page cache: all of it as root, else of these files."""
    os.sync()
    with suppress(OSError):
        DROP.write_text("3")
        return
    for folder, _, names in os.walk(place):
        for name in names:
            descriptor = os.open(os.path.join(folder, name), os.O_RDONLY)  # noqa: PTH118 - speed
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)


def _libmagic(place: Path) -> float:
    """Return how many files a second `file` classifies."""
    some = [path for path in sorted(place.rglob("*")) if path.is_file()][:LIBMAGIC_FILES]
    names = "\n".join(map(str, some)).encode()
    words = ["file", "--brief", "--files-from", "-"]
    began = time.perf_counter()
    subprocess.run(words, input=names, check=True, stdout=subprocess.DEVNULL)
    return len(some) / (time.perf_counter() - began)


def _fill(place: Path, count: int) -> None:
    """Make an office's files: mostly text, some packed, some pictures, some encrypted."""
    chance = random.Random(SEED)
    texts = [_text(chance) for _ in range(64)]
    for number in range(count):
        folder = place / f"{number // IN_A_FOLDER // 20:03}" / f"{number // IN_A_FOLDER % 20:02}"
        if number % IN_A_FOLDER == 0:
            folder.mkdir(parents=True)
        suffix, content = _content(chance, texts, number)
        (folder / f"{number:06}.{suffix}").write_bytes(content)


def _text(chance: random.Random) -> bytes:
    words = ("invoice", "order", "client", "address", "payment", "street", "delivery", "note")
    lines = [
        f"{chance.randrange(10**6)};{' '.join(chance.choices(words, k=6))};{chance.random():.2f}"
        for _ in range(chance.randrange(5, 100))
    ]
    return "\n".join(lines).encode()


def _content(chance: random.Random, texts: Sequence[bytes], number: int) -> tuple[str, bytes]:
    text = chance.choice(texts)
    match number % 20:
        case 0:
            return "gz", gzip.compress(text, 1)
        case 1:
            return "enc", b"Salted__" + chance.randbytes(8 + 16 * chance.randrange(10, 250))
        case 2 | 3:
            return "png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + chance.randbytes(3000)
        case 4 | 5:
            return "json", json.dumps({"id": number, "text": text.decode()}).encode()
        case _:
            return "csv", text

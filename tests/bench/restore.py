"""What a restore test costs beside the tool's own full restore, in time and in bytes.

Ours is the installed command, `guardian-agent restore-test --kind sample`, from its start to its
end: with the files drawn, the room made and wiped, the proof and the ledger. The other is restic's
and borg's own restore of everything, as their manuals show it. A sample supports "with 95 %
confidence fewer than 1 % of the files are bad" whatever the size, so its share must fall as the
repository grows. What no sample can avoid is told beside it: the tool alone, asked for as many
files by name. For `full` the other is the whole restore and one pass that hashes what came back.

The repositories are on this machine's disk, in the page cache like what was just backed up. Each is
run in turn, and the least of each is compared. `GUARDIAN_BENCH_GB` says which sizes ("2", "2,10").
"""

from __future__ import annotations

import json
import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from guardian_agent.wire.sampling import SAMPLE_FILES

from tests.bench._result import Result, at_most
from tests.world import live
from tests.world.borg import PASSPHRASE, Borg
from tests.world.commands import Ran, run
from tests.world.guardian import Guardian, agent_config
from tests.world.monitor import BackupCopy, BackupSet, Server
from tests.world.restic import PASSWORD, Restic

GIGABYTE = 10**9
FILES_PER_GIGABYTE = 20_000
SIZES = (2, 10)
ROOM_FOR_LARGE = 40 * GIGABYTE
"""Free disk that the sizes above the first need: data, two repositories, and what is restored."""
TIME_GOALS = {2: 0.15, 10: 0.05}
BYTES_GOAL = 0.10
NAMED_GOAL = 1.5
FULL_GOAL = 1.25
ROUNDS = 3
SECONDS = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A tool with its repository: how it restores into a folder of its own."""

    name: str
    restore: Callable[[Path], Ran]
    restore_named: Callable[[Path, Sequence[Path]], Ran]
    """The same for files by name: no sample can cost less than this."""


def measure() -> Sequence[Result]:
    """Return the ratios of time and bytes of each size and tool."""
    return [result for gigabytes in _sizes() for result in _of_size(gigabytes)]


def _sizes() -> Sequence[int]:
    asked = os.environ.get("GUARDIAN_BENCH_GB")
    if asked is not None:
        return [int(each) for each in asked.split(",")]
    free = shutil.disk_usage(tempfile.gettempdir()).free
    return SIZES if free >= ROOM_FOR_LARGE else SIZES[:1]


def _of_size(gigabytes: int) -> Iterator[Result]:
    with tempfile.TemporaryDirectory(prefix="guardian-bench-") as name:
        folder = Path(name)
        whole = _fill(folder / "srv", gigabytes)
        peers, copies = _backed_up(folder)
        server = _agreed(folder, copies)
        for peer in peers:
            label = f"{peer.name}-{gigabytes}gb"
            yield from _compared(folder, server, peer, label, whole)


def _compared(folder: Path, server: Server, peer: Peer, label: str, whole: int) -> Iterator[Result]:
    sample, named, full, plain, hashed = [], [], [], [], []
    paths = _some(folder / "srv")
    for _ in range(ROUNDS):
        sample.append(_ours(server, peer.name, "sample"))
        named.append(_timed(folder, lambda target: peer.restore_named(target, paths)))
        restore_seconds, hash_seconds = _theirs(folder, peer)
        plain.append(restore_seconds)
        hashed.append(restore_seconds + hash_seconds)
        full.append(_ours(server, peer.name, "full"))
    gigabytes = round(whole / GIGABYTE)
    goal = next(goal for size, goal in sorted(TIME_GOALS.items()) if gigabytes <= size)
    other = f"{peer.name}'s own restore"
    yield at_most(
        goal,
        name=f"sample-{label}-time",
        unit="s",
        ours=min(took for took, _ in sample),
        other=min(plain),
        peer=other,
    )
    yield at_most(
        NAMED_GOAL,
        name=f"sample-{label}-named",
        unit="s",
        ours=min(took for took, _ in sample),
        other=min(named),
        peer=f"{peer.name} restoring {SAMPLE_FILES} named files",
    )
    yield at_most(
        BYTES_GOAL,
        name=f"sample-{label}-bytes",
        unit="MB",
        ours=max(size for _, size in sample) / 1e6,
        other=whole / 1e6,
        peer=other,
    )
    yield at_most(
        FULL_GOAL,
        name=f"full-{label}",
        unit="s",
        ours=min(took for took, _ in full),
        other=min(hashed),
        peer=f"{other} + a hash pass",
    )


def _ours(server: Server, copy: str, kind: str) -> tuple[float, int]:
    """Run a restore test as its operator does; return its seconds and the bytes restored."""
    words = ("restore-test", "files", "--copy", copy, "--kind", kind, "--json")
    config = ("--config", str(agent_config(server)))
    began = time.perf_counter()
    done = run("guardian-agent", *config, *words, seconds=SECONDS).checked()
    took = time.perf_counter() - began
    fact = json.loads(done.output.splitlines()[-1])
    matched = sum(each["result"] == "matched" for each in fact["draws"])
    if (fact["outcome"], matched) != ("passed", SAMPLE_FILES):
        raise RuntimeError(f"{fact['outcome']} ({fact['reason']}), {matched} files matched")
    return took, int(fact["bytes_restored"])


def _theirs(folder: Path, peer: Peer) -> tuple[float, float]:
    """Restore everything with the tool alone, and hash what came back."""
    target = folder / "restored"
    target.mkdir()
    began = time.perf_counter()
    peer.restore(target).checked()
    restored = time.perf_counter()
    hashing = "find . -type f -print0 | xargs -0 sha256sum"
    run("sh", "-c", hashing, directory=target, seconds=SECONDS).checked()
    ended = time.perf_counter()
    shutil.rmtree(target)
    return restored - began, ended - restored


def _timed(folder: Path, restore: Callable[[Path], Ran]) -> float:
    target = folder / "named"
    target.mkdir()
    began = time.perf_counter()
    restore(target)
    took = time.perf_counter() - began
    # Not its exit status: borg warns of every full path that it "never matched", and restores it.
    came_back = sum(path.is_file() for path in target.rglob("*"))
    if came_back != SAMPLE_FILES:
        raise RuntimeError(f"{came_back} of {SAMPLE_FILES} named files came back")
    shutil.rmtree(target)
    return took


def _some(folder: Path) -> Sequence[Path]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return random.Random(0).sample(files, SAMPLE_FILES)


def _fill(folder: Path, gigabytes: int) -> int:
    """Write an office's files: most small, some of many megabytes; return all bytes."""
    chance, whole = random.Random(gigabytes), 0
    count = gigabytes * FILES_PER_GIGABYTE
    sizes = [min(chance.lognormvariate(9.2, 1.6), 6e6) for _ in range(count)]
    scale = gigabytes * GIGABYTE / sum(sizes)
    for number, size in enumerate(sizes):
        place = folder / f"{number % 40:02}" / f"{number // 40 % 250:03}"
        place.mkdir(parents=True, exist_ok=True)
        content = chance.randbytes(int(size * scale))
        (place / f"{number}").write_bytes(content)
        whole += len(content)
    live.settle(folder)
    return whole


def _backed_up(folder: Path) -> tuple[Sequence[Peer], Sequence[BackupCopy]]:
    files = folder / "srv"
    restic = Restic(folder / "restic", folder / "home").create()
    borg = Borg(folder / "borg", folder / "home").create()
    secrets = {
        "RESTIC_PASSWORD": PASSWORD,
        "BORG_PASSPHRASE": PASSPHRASE,
        "BORG_RELOCATED_REPO_ACCESS_IS_OK": "yes",
        "HOME": str(folder / "home"),
    }

    def tool(*words: str | Path, directory: Path | None = None) -> Ran:
        return run(*words, environment=secrets, directory=directory, seconds=SECONDS)

    of_restic = ("restic", "--repo", restic.repository)
    tool(*of_restic, "backup", "--quiet", files).checked()
    tool("borg", "create", f"{borg.repository}::all", files).checked()
    peers = (
        Peer(
            name="restic",
            restore=lambda target: tool(*of_restic, "restore", "latest", "--target", target),
            restore_named=lambda target, paths: tool(
                *(*of_restic, "restore", "latest", "--target", target),
                *(word for path in paths for word in ("--include", path)),
            ),
        ),
        Peer(
            name="borg",
            restore=lambda target: tool(
                "borg", "extract", f"{borg.repository}::all", directory=target
            ),
            restore_named=lambda target, paths: tool(
                *("borg", "extract", f"{borg.repository}::all"),
                *(f"pf:{str(path).lstrip('/')}" for path in paths),
                directory=target,
            ),
        ),
    )
    copies = (
        BackupCopy(name="restic", settings=dict(restic.settings)),
        BackupCopy(name="borg", settings=dict(borg.settings)),
    )
    return peers, copies


def _agreed(folder: Path, copies: Sequence[BackupCopy]) -> Server:
    """Connect the server, have its files hashed and signed, and a checkpoint given after that."""
    files = BackupSet(name="files", paths=(folder / "srv",), copies=tuple(copies))
    limits = {"hash_bytes": 10**12, "restore_bytes": 64 * GIGABYTE, "probe_seconds": 3600}
    server = Server(
        client="acme", name="web1", folder=folder / "web1", sets=[files], limits=dict(limits)
    )
    guardian = Guardian(folder / "central").create()
    guardian.protect(server)
    for _ in range(2):
        words = ("guardian-agent", "--config", str(agent_config(server)), "run")
        run(*words, seconds=SECONDS)
        guardian.ingest()
    return server

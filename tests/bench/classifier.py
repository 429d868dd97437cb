"""The classifier on a corpus whose truth is known, beside `file` and an entropy threshold.

Every file and repository of `tests/world/corpus` is asked about. What nobody can tell from the
bytes alone (ciphertext without a mark, raw LZMA) is part of the corpus: only `unknown` is right.
"""

from __future__ import annotations

import io
import math
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from guardian_agent.magic import HEAD_BYTES, TAIL_BYTES, Classified, classify, layouts

from tests.bench._result import Result, no_less, no_more
from tests.world.corpus import Sample, Truth, build
from tests.world.corpus.workshop import tool

EACH = 30
ROUNDS = 3
FILES, KINDS = 2000, 60
UNKNOWN_SHARE = 0.05
FILES_A_SECOND = 500
ENTROPY = 7.9
_STATES = ("encrypted", "weak", "plaintext", "empty", "unknown")
_SEALED = {"encrypted", "weak"}
_SAYS_SEALED = re.compile(
    r"encrypt|enc'd|salted password|LUKS|BitLocker|ccrypt|KeePass", re.IGNORECASE
)
Verdicts = Sequence[tuple[Sample, str]]
Wrong = Callable[[Truth, str], bool]


def measure() -> Sequence[Result]:
    """Return what was called wrong, what stayed unknown, and how fast it went."""
    with tempfile.TemporaryDirectory(prefix="guardian-bench-") as name:
        samples = build(Path(name), each=EACH)
        files = [each for each in samples if each.path.is_file()]
        folders = [each for each in samples if each.path.is_dir()]
        ours, rate = _timed(files)
        ours += [(each, _repository(each.path)) for each in folders]
        peers = {"file": _libmagic(files), "entropy": _by_entropy(files)}
    _print("guardian", ours)
    for peer, verdicts in peers.items():
        _print(peer, verdicts)
    _print_wrong(ours)
    return _results(ours, peers, rate)


def _results(ours: Verdicts, peers: dict[str, Verdicts], rate: float) -> Sequence[Result]:
    file, entropy = peers["file"], peers["entropy"]
    kinds = len({each.kind for each, _ in ours})
    return (
        _at_least(FILES, "classifier-corpus-files", "files", len(ours)),
        _at_least(KINDS, "classifier-corpus-kinds", "kinds", kinds),
        _none("readable-called-sealed", ours, entropy, "entropy", _false_seal),
        _none("sealed-not-recognised", ours, file, "file", _missed),
        _none("weak-called-strong", ours, file, "file", _too_strong),
        no_more(UNKNOWN_SHARE, name="unknown-share", unit="of all", ours=_share(ours),
                other=_share(file), peer="file"),
        _at_least(FILES_A_SECOND, "classifier-rate", "files/CPU s", rate),
    )  # fmt: skip


def _at_least(goal: float, name: str, unit: str, ours: float) -> Result:
    return no_less(goal, name=name, unit=unit, ours=ours, other=goal, peer="goal")


def _none(name: str, ours: Verdicts, other: Verdicts, peer: str, wrong: Wrong) -> Result:
    counts = {"ours": _count(ours, wrong), "other": _count(other, wrong)}
    return no_more(0, name=name, unit="files", peer=peer, **counts)


def _false_seal(truth: Truth, state: str) -> bool:
    return state in _SEALED and truth not in {Truth.ENCRYPTED, Truth.WEAK}


def _missed(truth: Truth, state: str) -> bool:
    return state not in _SEALED and truth in {Truth.ENCRYPTED, Truth.WEAK}


def _too_strong(truth: Truth, state: str) -> bool:
    return truth is Truth.WEAK and state == "encrypted"


def _count(verdicts: Verdicts, wrong: Wrong) -> int:
    return sum(wrong(each.truth, state) for each, state in verdicts)


def _share(verdicts: Verdicts) -> float:
    """Return the share of all that got no answer."""
    return sum(state == "unknown" for _, state in verdicts) / len(verdicts)


def _timed(files: Sequence[Sample]) -> tuple[list[tuple[Sample, str]], float]:
    """Classify every file several times; return the files a second of our own CPU time.

    The disk is out of the way after the first time; what others do meanwhile is no cost of ours.
    """
    found, seconds, passed = [], math.inf, math.inf
    for _ in range(ROUNDS):
        start, began = time.perf_counter(), time.process_time()
        found = [(each, classified(each.path).state.value) for each in files]
        seconds = min(seconds, time.process_time() - began)
        passed = min(passed, time.perf_counter() - start)
    print(f"{len(files)} files: {seconds:.2f} s of CPU time, {passed:.2f} s on the clock")
    return found, len(files) / seconds


def classified(path: Path) -> Classified:
    with path.open("rb") as file:

        def read(offset: int, count: int) -> bytes:
            file.seek(offset)
            return file.read(count)

        head = read(0, HEAD_BYTES)
        size = file.seek(0, io.SEEK_END)
        tail = read(size - TAIL_BYTES, TAIL_BYTES) if size > TAIL_BYTES else head
        return classify(head, tail, size, read)


def _repository(path: Path) -> str:
    found = layouts.judge(on_disk(path))
    return "not-recognised" if found is None else found.state.value


def on_disk(root: Path) -> layouts.Folder:
    """Return a folder as the judges of repositories see it."""

    def names(path: str) -> Sequence[str] | None:
        place = root / path
        return [each.name for each in place.iterdir()] if place.is_dir() else None

    def read(path: str, count: int) -> bytes:
        with (root / path).open("rb") as file:
            return file.read(count)

    return layouts.Folder(names=names, look=lambda path: classified(root / path), read=read)


def _libmagic(files: Sequence[Sample]) -> Verdicts:
    listed = "\n".join(str(each.path) for each in files).encode()
    lines = tool("file", "-b", "-N", "-f", "-", data=listed).decode(errors="replace").splitlines()
    return [(each, _read_aloud(line)) for each, line in zip(files, lines, strict=True)]


def _read_aloud(description: str) -> str:
    """Take what `file` says for an answer as a person would."""
    if description == "empty":
        return "empty"
    if _SAYS_SEALED.search(description):
        return "encrypted"
    return "unknown" if description in {"data", "OpenPGP Public Key"} else "plaintext"


def _by_entropy(files: Sequence[Sample]) -> Verdicts:
    """The usual rule: more than 7.9 bits a byte is encrypted, anything else is not."""
    return [(each, _entropy_says(each.path)) for each in files]


def _entropy_says(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        return "empty"
    shares = [count / len(head) for count in Counter(head).values()]
    bits = -sum(share * math.log2(share) for share in shares)
    return "encrypted" if bits > ENTROPY else "plaintext"


def _print(name: str, verdicts: Verdicts) -> None:
    """Print a confusion matrix: truths down, answers across."""
    counts = Counter((each.truth.value, state) for each, state in verdicts)
    states = [*_STATES, *sorted({state for _, state in verdicts} - {*_STATES})]
    print(f"{name:<16}" + "".join(f"{state:>12}" for state in states))
    for truth in Truth:
        print(f"  {truth:<14}" + "".join(f"{counts[truth.value, state]:>12}" for state in states))


def _print_wrong(verdicts: Verdicts) -> None:
    """Name the kinds whose answer was not the best possible."""
    best = {truth: truth.value for truth in Truth} | {Truth.UNTELLABLE: "unknown"}
    wrong = Counter(
        (each.kind, each.truth.value, state)
        for each, state in verdicts
        if state != best[each.truth]
    )
    for (kind, truth, state), count in wrong.most_common():
        print(f"  {count:>4} {kind}: {truth}, called {state}")

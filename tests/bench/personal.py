"""Personal data: how many are found, how many wrongly, and how fast, beside ripgrep and Presidio.

Accuracy: two labelled sets, one usual and one full of near misses, made from the numbers' public
definitions; the worst kind of both decides. Speed: about 200 MB of logs, dumps and exports, some
twenty numbers of people and twelve thousand of their form in each megabyte, read ten times over by
each (`GUARDIAN_BENCH_REPEATS` for fewer), in processor time of processes of one thread, since this
machine may be busy. Ours says how many different valid values of each kind there are; ripgrep only
counts what has the form of one, by the same forms.

Presidio reads the first part alone, being slow; its pattern recognisers of the same kinds are
installed into a folder that is thrown away, without the language models, which they do not use;
the one for e-mail is left out, for it asks the network.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Self

from guardian_agent.exposure import personal
from guardian_agent.exposure.personal.kinds import KINDS, form_of
from guardian_agent.magic import Classified
from guardian_agent.wire.facts.words import Encryption
from guardian_agent.wire.names import Slug

from tests.bench._result import Result, at_least, at_most
from tests.world.commands import run
from tests.world.people.bulk import bulk
from tests.world.people.documents import adversarial, usual
from tests.world.people.scores import Score, scores

SEED, EACH = 20261126, 40
BYTES = 200_000_000
REPEATS = int(os.environ.get("GUARDIAN_BENCH_REPEATS", "10"))
MEMORY_MOST = 80.0
PIECE = 256 * 1024
TEXT = Classified(
    state=Encryption.PLAINTEXT, kind=Slug("text"), rule=Slug("given"), confidence=Slug("proven")
)
OURS = """
import json, resource, sys
from guardian_agent.exposure import personal
from guardian_agent.exposure.personal.gate import Portable
from guardian_agent.magic import Classified
from guardian_agent.wire.facts.words import Encryption
path, engine = sys.argv[1:]
if engine == "portable":
    personal.fastest_gate = Portable
assert (type(personal.fastest_gate()).__name__ == "Portable") == (engine == "portable")
found = Classified(state=Encryption.PLAINTEXT, kind="text", rule="given", confidence="proven")

def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime

with open(path, "rb") as file:
    size = file.seek(0, 2)

    def read(offset, count):
        file.seek(offset)
        return file.read(count)

    for _ in sys.stdin:
        before = cpu()
        counted = personal.search(read, size, found, size)
        assert counted.complete and counted.bytes == size
        with open("/proc/self/status") as status:
            peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
        answer = {"cpu": cpu() - before, "kib": peak, "values": sum(counted.values.values())}
        print(json.dumps(answer), flush=True)
"""
PRESIDIO = """
import importlib.abc, importlib.machinery, json, resource, sys, types

class Anything(type):
    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything(name, (), {})
    def __call__(cls, *given, **named):
        return given[0] if len(given) == 1 and callable(given[0]) else Anything("it", (), {})

class LanguageModels(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        if name.split(".")[0] in {"spacy", "thinc", "stanza", "transformers", "torch"}:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
    def create_module(self, spec):
        made = types.ModuleType(spec.name)
        made.__path__ = []
        made.__getattr__ = lambda name: Anything(name, (), {})
        return made
    def exec_module(self, module): pass

sys.meta_path.append(LanguageModels())
import presidio_analyzer.predefined_recognizers as known
text = open(sys.argv[1], "rb").read(int(sys.argv[2])).decode("utf-8", "replace")
recognisers = [getattr(known, name + "Recognizer")() for name in sys.argv[3].split(",")]
before = resource.getrusage(resource.RUSAGE_SELF)
for recogniser in recognisers:
    recogniser.analyze(text, recogniser.supported_entities, None)
after = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
                  "bytes": len(text.encode())}))
"""
PATTERN_RECOGNISERS = (
    "CreditCard,Iban,UsSsn,Nhs,UkNino,DeTaxId,EsNif,EsNie,ItFiscalCode,PlPesel,InAadhaar,"
    "SePersonnummer,FiPersonalIdentityCode,TrNationalId"
)
PRESIDIO_NEEDS = (
    "presidio-analyzer==2.2.366", "phonenumbers", "tldextract", "regex", "pyyaml", "pydantic",
    "pydantic-core", "typing-extensions", "annotated-types", "typing-inspection", "idna",
    "requests", "requests-file", "filelock", "urllib3", "certifi", "charset-normalizer",
)  # fmt: skip


def measure() -> Sequence[Result]:
    """Return accuracy, speed and memory."""
    found = [*_accuracy()]
    with tempfile.TemporaryDirectory(prefix="guardian-bench-") as name:
        data = _data(Path(name) / "data")
        found += _speed(data)
        found += _beside_presidio(data, Path(name))
    return found


def _accuracy() -> Sequence[Result]:
    """The worst kind's precision and recall over both sets; every kind's are printed."""
    worst_precision = worst_recall = 1.0
    for name, documents in (("usual", usual), ("adversarial", adversarial)):
        found = scores(documents(Random(SEED), EACH), _count)
        _print(name, found)
        worst_precision = min(worst_precision, *(each.precision for each in found.values()))
        worst_recall = min(worst_recall, *(each.recall for each in found.values()))
    peer = "all of them"
    return (
        at_least(
            0.99, name="personal-precision", unit="", ours=worst_precision, other=1, peer=peer
        ),
        at_least(0.97, name="personal-recall", unit="", ours=worst_recall, other=1, peer=peer),
    )


def _count(data: bytes) -> Mapping[str, int]:
    def read(offset: int, count: int) -> bytes:
        return data[offset : offset + count]

    return personal.search(read, len(data), TEXT, 1 << 40).values


def _print(name: str, found: Mapping[str, Score]) -> None:
    print(f"personal data, {name} set: right, wrong, missed, precision, recall")
    for kind, each in found.items():
        figures = f"{each.right:7} {each.wrong:5} {each.missed:5}"
        print(f"  {kind:18} {figures} {each.precision:8.2%} {each.recall:8.2%}")


def _data(path: Path) -> Path:
    """Make the text, in whole pieces of what is read at once."""
    with path.open("wb") as file:
        for piece in bulk(Random(SEED), BYTES + PIECE):
            file.write(piece)
        file.truncate(file.tell() // PIECE * PIECE)
    return path


def _speed(data: Path) -> Sequence[Result]:
    """Search the data again and again, each of them in turn, so that all meet the same machine."""
    megabytes = data.stat().st_size * REPEATS / 1e6
    seconds, values, peak = Counter[str](), 0, 0.0
    with Searcher(data, "hyperscan") as fast, Searcher(data, "portable") as portable:
        _ripgrep(data, "--count")  # warms the disk
        for _ in range(REPEATS):
            seconds["matches"] += _ripgrep(data, "--count-matches")
            for name, searcher in (("hyperscan", fast), ("portable", portable)):
                answer = searcher.search()
                seconds[name] += answer["cpu"]
                values, peak = int(answer["values"]), max(peak, answer["kib"] / 1024)
            seconds["lines"] += _ripgrep(data, "--count")
    speed = {name: megabytes / spent for name, spent in seconds.items()}
    print(f"searched {megabytes:.0f} MB each ({REPEATS} times {data.stat().st_size} bytes),")
    print(
        f"{values} different values; ripgrep where it counts lines alone: {speed['lines']:.0f} MB/s"
    )
    peers = {"unit": "MB/s", "other": speed["matches"], "peer": "ripgrep --count-matches"}
    return (
        at_least(1.0, name="personal-hyperscan", ours=speed["hyperscan"], **peers),
        at_least(0.3, name="personal-portable", ours=speed["portable"], **peers),
        at_most(
            1.0, name="personal-memory", unit="MiB", ours=peak, other=MEMORY_MOST, peer="limit"
        ),
    )


class Searcher:
    """A process of ours that searches the data whenever it is told to."""

    def __init__(self, data: Path, engine: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", OURS, str(data), engine],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=60)

    def search(self) -> dict[str, float]:
        """Search once; return what it took."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("again\n")
        self._process.stdin.flush()
        return dict(json.loads(self._process.stdout.readline()))


def _ripgrep(data: Path, counting: str) -> float:
    """Return its processor time; one thread, bytes as they are, as ours."""
    words = ["rg", "--text", "--threads=1", "--no-unicode", counting]
    words += [word for pattern in _patterns() for word in ("--regexp", pattern)]
    before = os.times()
    done = subprocess.run([*words, str(data)], check=True, capture_output=True)
    assert int(done.stdout) > 0
    after = os.times()
    return (
        after.children_user + after.children_system - before.children_user - before.children_system
    )


def _patterns() -> list[str]:
    """The forms of everything that is searched for, as ripgrep writes them."""
    numbers = ("|".join(form_of(each).decode("latin-1") for each in kind.layouts) for kind in KINDS)
    return [
        r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}",
        r"\b[A-Z]{2}[0-9]{2}(?:[ -]?[0-9A-Z]){11,30}\b",
        r"\+[1-9][0-9]*(?:[ ().\-/]{0,3}[0-9]+)*",
        r"\b[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{6}\b",
        *(
            rf"\b(?:{number})\b".replace(r"|\xc2\xa0", "").replace("|Â\xa0", "")
            for number in numbers
        ),
    ]


def _beside_presidio(data: Path, folder: Path) -> Sequence[Result]:
    """Ours as it is installed here; Presidio on the first part of the same text."""
    environment = folder / "presidio"
    run(sys.executable, "-m", "venv", str(environment), seconds=120).checked()
    python = str(environment / "bin" / "python")
    run(
        python,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        *PRESIDIO_NEEDS,
        environment=dict(os.environ),
        seconds=300,
    ).checked()
    pattern = _presidio(python, data, 2_000_000, PATTERN_RECOGNISERS)
    phone = _presidio(python, data, 20_000, "Phone")
    together = 1 / (1 / pattern + 1 / phone)
    print(
        f"Presidio's pattern recognisers {pattern:.3g} MB/s, with telephone numbers {together:.3g}"
    )
    part = folder / "part"
    shutil.copyfile(data, part)
    os.truncate(part, 80 * PIECE)
    started = time.process_time()
    _count(part.read_bytes())
    ours = part.stat().st_size / 1e6 / (time.process_time() - started)
    peer = {"unit": "MB/s", "ours": ours}
    return (
        at_least(
            50, name="personal-presidio", other=pattern, peer="its pattern recognisers", **peer
        ),
        at_least(50, name="personal-presidio-all", other=together, peer="with telephone", **peer),
    )


def _presidio(python: str, data: Path, size: int, recognisers: str) -> float:
    done = run(python, "-c", PRESIDIO, str(data), str(size), recognisers, seconds=600).checked()
    answer = json.loads(done.output.splitlines()[-1])
    return float(answer["bytes"] / 1e6 / answer["cpu"])

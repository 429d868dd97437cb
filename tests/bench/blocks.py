"""Compressed data and ciphertext, cut into blocks without a container: who tells them apart?

Blocks of 4 KiB to 1 MiB are cut at random places out of what nine encoders made and out of
ciphertext, as many of each. An error is ciphertext that is not called random, or compressed data
that is. Beside ours: the usual threshold of 7.9 bits of entropy, and chi-square of the bytes alone.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from guardian_agent.magic.blocks import Verdict, judge
from guardian_agent.magic.randomness import chi_square

from tests.bench._result import Result, no_less, no_more
from tests.bench._streams import ciphertexts, streams

SEED = 20
BLOCKS = {4096: 200, 16384: 120, 65536: 60, 262144: 24, 1048576: 8}
"""How many of each encoder, by size; ciphertext as many as of all encoders."""
LEAST = 5000
ENTROPY = 7.9
CHI_SQUARE = (190.0, 330.5)
"""One random block in a thousand lies above."""
Looks = Callable[[bytes], bool]
Misses = dict[tuple[int, str], tuple[int, int]]
"""By size and stuff: how many blocks were judged wrong, of how many."""


def measure() -> Sequence[Result]:
    """Return how many errors each method makes by size of the blocks."""
    methods: dict[str, Looks] = {
        "guardian": lambda block: judge(block) is Verdict.LOOKS_RANDOM,
        "chi-square": lambda block: CHI_SQUARE[0] <= chi_square(block) <= CHI_SQUARE[1],
        "entropy": lambda block: _entropy(block) > ENTROPY,
    }
    misses = _judged(methods)
    for name in methods:
        _print(name, misses[name])
    judged = sum(total for _, total in misses["guardian"].values())
    rates = {name: _rates(misses[name]) for name in methods}
    return (
        no_less(LEAST, name="blocks", unit="blocks", ours=judged, other=LEAST, peer="goal"),
        *(_below(size, rates, peer) for peer in ("chi-square", "entropy") for size in BLOCKS),
    )


def _below(size: int, rates: dict[str, dict[int, float]], peer: str) -> Result:
    """Return a result that holds when our rate of errors is below the other's."""
    ours, other = rates["guardian"][size], rates[peer][size]
    name = f"blocks-errors-{size // 1024}k"
    result = no_more(round(other, 4), name=name, unit="", ours=ours, other=other, peer=peer)
    return replace(result, holds=ours < other, goal=f"< {other:.4g}")


def _judged(methods: dict[str, Looks]) -> dict[str, Misses]:
    chooser = random.Random(SEED)
    made = streams()
    stuff = {**made, "ciphertext": ciphertexts(9 << 20)}
    misses: dict[str, Misses] = {name: {} for name in methods}
    for size, count in BLOCKS.items():
        for kind, parts in stuff.items():
            is_random = kind == "ciphertext"
            blocks = _cut(parts, size, count * len(made) if is_random else count, chooser)
            for name, looks in methods.items():
                wrong = sum(looks(block) is not is_random for block in blocks)
                misses[name][size, kind] = (wrong, len(blocks))
    return misses


def _cut(parts: list[bytes], size: int, count: int, chooser: random.Random) -> list[bytes]:
    """Return blocks from random places, of each part as many."""
    blocks = []
    for index in range(count):
        part = parts[index % len(parts)]
        place = chooser.randrange(len(part) - size)
        blocks.append(part[place : place + size])
    return blocks


def _rates(misses: Misses) -> dict[int, float]:
    """Return the share of all blocks of a size that were judged wrong."""
    return {size: _share(misses, size, lambda _: True)[0] for size in BLOCKS}


def _share(
    misses: Misses, size: int, counts: Callable[[str], bool]
) -> tuple[float, float, float, int]:
    found = [each for (of, kind), each in misses.items() if of == size and counts(kind)]
    wrong, total = sum(each[0] for each in found), sum(each[1] for each in found)
    return wrong / total, *_bounds(wrong, total), total


def _bounds(wrong: int, total: int) -> tuple[float, float]:
    """Return Wilson's bounds at 95 %."""
    z = 1.96
    share = wrong / total
    middle = share + z * z / (2 * total)
    spread = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    low, high = (middle - spread, middle + spread)
    return max(low / (1 + z * z / total), 0.0), min(high / (1 + z * z / total), 1.0)


def _entropy(block: bytes) -> float:
    counts = Counter(block).values()
    return -sum(each / len(block) * math.log2(each / len(block)) for each in counts)


def _print(name: str, misses: Misses) -> None:
    print(f"{name}: errors in %, with 95 % bounds")
    for size in BLOCKS:
        parts = (
            ("all", lambda _: True),
            ("compressed", lambda kind: kind != "ciphertext"),
            ("ciphertext", lambda kind: kind == "ciphertext"),
        )
        words = [f"{part} {_percent(*_share(misses, size, of))}" for part, of in parts]
        print(f"  {size // 1024:5} KiB  {'   '.join(words)}")
        kinds = {kind: wrong / total for (of, kind), (wrong, total) in misses.items() if of == size}
        each = (f"{kind} {share:.0%}" for kind, share in kinds.items() if kind != "ciphertext")
        print(f"             {', '.join(each)}")


def _percent(share: float, low: float, high: float, total: int) -> str:
    return f"{100 * share:.2f} ({100 * low:.2f} to {100 * high:.2f}) of {total}"

"""Do the bits of a block fall like tosses of a coin? Prefix codes, even good ones, do not.

Deflate, Zstandard and Brotli write codes of whole bits, the first bit of a byte last. Seen byte by
byte they are nearly uniform; seen bit by bit, neighbours depend on each other. Measured here are
the parities of all patterns of neighbouring bits up to `SPAN` (the Walsh spectrum): of coin tosses
each is a standard normal, whatever the others are, so that the null distribution is known and
nothing is learned from examples. Short patterns count more: that is where prefix codes show.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

WINDOW: Final = 2048
"""Bytes that are measured at once: code tables change every few kilobytes."""
SPAN: Final = 8
WINDOWS_MOST: Final = 32


def _steps() -> Iterator[tuple[int, int]]:
    """Yield, for every pattern but the single bit, the bit that changes and the pattern's span.

    A Gray code: each pattern differs from the one before in one bit, so each costs one XOR.
    """
    codes = [number ^ number >> 1 for number in range(1 << SPAN - 1)]
    for before, code in itertools.pairwise(codes):
        yield (before ^ code).bit_length(), code.bit_length() + 1


STEPS: Final = tuple(_steps())
WEIGHTS: Final = tuple(2 ** (-0.6 * before) for before in range(SPAN))
"""How much a pattern counts, by its span less one."""
_ALL_WEIGHTS: Final = (WEIGHTS[0], *(WEIGHTS[span - 1] for _, span in STEPS))
_MEAN: Final = sum(_ALL_WEIGHTS)
_SQUARES: Final = sum(weight * weight for weight in _ALL_WEIGHTS)


def bit_deviation(block: bytes) -> float:
    """Return how far a block's bits are from coin tosses, in standard deviations.

    The sum of weighted squares is taken for a multiple of chi-square (Satterthwaite), and that made
    normal by its cube root (Wilson and Hilferty). At most `WINDOWS_MOST` windows, spread evenly,
    are measured; 0.0 for a block shorter than one.
    """
    count = min(len(block) // WINDOW, WINDOWS_MOST)
    if not count:
        return 0.0
    step = (len(block) - WINDOW) // max(count - 1, 1)
    places = range(0, step * count, step) if count > 1 else (0,)
    total = sum(_spectrum(block[place : place + WINDOW]) for place in places)
    freedom = count * _MEAN * _MEAN / _SQUARES
    spread = 2 / (9 * freedom)
    return float(((total / (count * _MEAN)) ** (1 / 3) - 1 + spread) / spread**0.5)


def _spectrum(window: bytes) -> float:
    """Return the weighted sum of the squared parities of one window, each in its variance."""
    tosses = len(window) * 8
    bits = int.from_bytes(window, "little")
    shifted = [bits >> places for places in range(SPAN)]
    sums = [0] * SPAN
    excess = 2 * bits.bit_count() - tosses
    sums[0] = excess * excess
    for places, span in STEPS:
        bits ^= shifted[places]
        excess = 2 * bits.bit_count() - tosses
        sums[span - 1] += excess * excess
    return sum(weight * each for weight, each in zip(WEIGHTS, sums, strict=True)) / tosses

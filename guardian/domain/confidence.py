"""What a sample without a bad file says of the files that nobody looked at.

Of `population` files `good` were drawn without replacement, and all were found good. Were K files
bad, that would happen with the hypergeometric probability C(N - K, n) / C(N, n). As long as that
is more than the doubt that is left (1 - confidence), K bad files are plausible. This is the exact
one-sided bound for k = 0, "rule of three" to its first order; 299 of many files say, with 95 %
confidence, that fewer than 1 % are bad.

Nothing is ever claimed more strongly than proven: a computation that is not exact errs upwards.
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from math import expm1, inf, lgamma, log

MAX_EXACT = 10**9
"""Files up to which the bound is exact; beyond, drawing with replacement stands in from above."""
EPSILON = sys.float_info.epsilon

_ULPS = 64
"""Roundings that one probability may be off by, in units of its largest term."""


def bad_share_bound(good: int, population: int, confidence: float = 0.95) -> float:
    """Return the largest share (0 to 1) of bad files that is still plausible.

    Total: where nothing was drawn anything is plausible (1.0), where everything was, nothing bad
    is (0.0); a population smaller than what was drawn is none, and counts as endless.

    Args:
        good: files drawn without replacement and found good.
        population: files that they were drawn from.
        confidence: how sure the answer is to be, between 0 and 1.
    """
    if good <= 0:
        return 1.0
    if good == population:
        return 0.0
    doubt = 1.0 - confidence
    log_doubt = log(doubt) if doubt > 0 else -inf
    # Drawn with replacement a sample shows less, so this is never too small.
    endless = min(max(-expm1(log_doubt / good) * (1 + 4 * EPSILON), 0.0), 1.0)
    if not good < population <= MAX_EXACT:
        return endless
    return min(_plausible(good, population, log_doubt) / population, endless)


def _plausible(good: int, population: int, log_doubt: float) -> int:
    """Return the largest number of bad files that is plausible."""
    unseen = population - good
    all_ways = lgamma(population + 1) - lgamma(unseen + 1)
    slack = _ULPS * EPSILON * lgamma(population + 2)

    def is_excluded(bad: int) -> bool:
        ways = lgamma(population - bad + 1) - lgamma(unseen - bad + 1)
        return ways - all_ways <= log_doubt - slack

    return max(bisect_left(range(unseen + 1), True, key=is_excluded) - 1, 0)

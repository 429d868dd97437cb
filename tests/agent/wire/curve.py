"""The curve edwards25519 in plain arithmetic, to make the keys that must be refused.

Written from RFC 8032 section 5.1, apart from the code under test; slow and good for tests alone.
"""

from __future__ import annotations

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, PRIME) % PRIME
ROOT_OF_MINUS_ONE = pow(2, (PRIME - 1) // 4, PRIME)
IDENTITY = (0, 1)


def add(first, second):
    (x1, y1), (x2, y2) = first, second
    product = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, PRIME)
    y = (y1 * y2 + x1 * x2) * pow(1 - product, -1, PRIME)
    return x % PRIME, y % PRIME


def times(number, point):
    result = IDENTITY
    while number:
        if number & 1:
            result = add(result, point)
        point, number = add(point, point), number >> 1
    return result


def with_y(y):
    """Return a point with this y, or None where the curve has none."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME:
        x = x * ROOT_OF_MINUS_ONE % PRIME
    return None if (x * x - square) % PRIME else (x, y)


def encoded(point):
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


def small_order_points():
    """Return the eight points whose eightfold is the identity, found by search."""
    for y in range(2, 100):
        point = with_y(y)
        generator = times(ORDER, point) if point else IDENTITY
        if times(4, generator) != IDENTITY:
            return [times(number, generator) for number in range(8)]
    raise AssertionError("no point of order eight found")


def other_encodings(points):
    """Return the encodings of these points that RFC 8032 forbids: y not reduced, -0 for x."""
    found = set()
    for x, y in points:
        for spelt in (y, y + PRIME):
            for sign in (0, 1):
                fits = spelt < 2**255 and (x == 0 or x & 1 == sign)
                text = (spelt | sign << 255).to_bytes(32, "little") if fits else None
                if fits and text != encoded((x, y)):
                    found.add(text)
    return sorted(found)

"""What central refuses over HTTPS changes nothing, and is counted under its reason.

Every hostile statement carries the same lie, a backup of this very minute. The healthy twin shows
that the lie would have turned a finding green, had it been believed.
"""

from __future__ import annotations

import base64
import json
import zlib
from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.adversary import Adversary, central, counted, post
from tests.world.serving import serving

pytestmark = pytest.mark.tools

MIB = 1024 * 1024
SERVERS = 32
"""More than there are tests, so that each has a server of its own."""


@pytest.fixture(scope="module")
def serving_central(tmp_path_factory):
    names = [("acme", f"web{number}") for number in range(SERVERS)]
    made = central(tmp_path_factory.mktemp("refusals"), *names, ("umbrella", "mail1"))
    with serving(made):
        yield made, iter(made.servers)


@pytest.fixture
def guardian(serving_central):
    return serving_central[0]


@pytest.fixture(scope="module")
def mail1(serving_central):
    """The agent of another client."""
    guardian, _ = serving_central
    return Adversary(guardian, guardian.servers[-1])


@pytest.fixture
def web(serving_central):
    """One of acme's servers; a statement of it is known, which says nothing of any backup."""
    guardian, unused = serving_central
    made = Adversary(guardian, next(unused))
    made.send(observations=[])
    return made


class Watched:
    """All that central knows, seen at one standing moment: equal exactly if nothing changed."""

    def __init__(self, guardian):
        self._guardian = guardian
        soon = datetime.now(UTC) + timedelta(minutes=10)  # noqa: TID251
        self._moment = f"{soon:%Y-%m-%d %H:%M:%S}"
        self.before = self.look()
        self._counted = counted(guardian)

    def look(self):
        """Return all findings, and the size and the root of every client's evidence log."""
        found = self._guardian("check", "--output", "json", shift=self._moment)
        log = self._guardian("audit", "verify", "--output", "json").checked()
        return json.loads(found.output)["findings"], json.loads(log.output)

    def counted(self):
        """Return what was counted since, by result."""
        grown = {
            result: number - self._counted.get(result, 0)
            for result, number in counted(self._guardian).items()
        }
        return {result: number for result, number in grown.items() if number}

    def assert_nothing_changed(self, **results):
        assert self.counted() == results
        assert self.look() == self.before


def refused(guardian, raw, reason, status, encoding=None):
    """Send it alone; see the answer, the counter, and that nothing else moved."""
    watched = Watched(guardian)
    answer = post(guardian, raw, encoding)
    assert answer == (status, json.dumps({"reason": reason}, separators=(",", ":")).encode())
    watched.assert_nothing_changed(**{reason: 1})


def test_the_healthy_twin_is_accepted_counted_and_believed(guardian, web):
    watched = Watched(guardian)

    web.send()

    assert watched.counted() == {"accepted": 1}
    findings, logs = watched.look()
    assert logs != watched.before[1]
    assert freshness(web, watched.before[0]) == ["unknown"]
    assert freshness(web, findings) == ["pass"]


def freshness(web, findings):
    whose = (web.server.name, "backup.fresh")
    return [each["status"] for each in findings if (each["server"], each["control"]) == whose]


def test_replayed(guardian, web):
    raw, receipt = web.send()
    web.send(observations=[])
    watched = Watched(guardian)

    for _ in range(3):
        assert post(guardian, raw) == (200, receipt)

    watched.assert_nothing_changed(duplicate=3)


def test_reordered(guardian, web):
    skipped = web.statement()
    web.send(number=web.number + 2, observations=[])

    refused(guardian, skipped, "out_of_order", 409)


def test_altered_by_one_bit(guardian, web):
    raw = web.statement()
    watched = Watched(guardian)

    altered = list(flips(raw))
    statuses = {post(guardian, each)[0] for each in altered}

    assert statuses <= {400, 403}
    results = watched.counted()
    assert results.keys() <= {"bad_signature", "malformed", "unknown_key"}
    assert sum(results.values()) == len(altered)
    assert watched.look() == watched.before
    assert post(guardian, raw)[0] == 200, "the unaltered twin"


def flips(raw):
    """Yield the envelope with one bit turned, in each of its parts, at several places."""
    outer = json.loads(raw)
    for value in (outer["payloadType"], outer["payload"], *outer["signatures"][0].values()):
        start, length = raw.index(b'"' + value.encode() + b'"') + 1, len(value)
        for place in (0, length // 3, length - 1):
            for bit in (0, 5):
                turned = bytearray(raw)
                turned[start + place] ^= 1 << bit
                yield bytes(turned)


def test_altered_by_one_bit_inside_what_is_signed(guardian, web):
    known = json.loads(web.statement())
    payload = bytearray(base64.b64decode(known["payload"]))
    payload[payload.index(b'"number": ') + 11] ^= 1
    altered = {**known, "payload": base64.b64encode(payload).decode()}

    refused(guardian, json.dumps(altered).encode(), "bad_signature", 403)


def test_signed_by_another_clients_agent(guardian, web, mail1):
    payload = web.body()

    refused(guardian, mail1.signed(payload), "wrong_identity", 403)


def test_signed_by_another_clients_agent_under_the_victims_key_id(guardian, web, mail1):
    raw = mail1.signed(web.body())

    refused(guardian, raw.replace(mail1.key_id.encode(), web.key_id.encode()), "bad_signature", 403)


def test_signed_by_nobodys_key(guardian, web):
    raw = web.statement().replace(web.key_id.encode(), b"0" * 64)

    refused(guardian, raw, "unknown_key", 403)


@pytest.mark.parametrize("number", [20_000, 2**63 - 1])
def test_numbered_far_ahead(guardian, web, number):
    refused(guardian, web.statement(number=number), "fast_forward", 409)


def test_another_epoch(guardian, web):
    refused(guardian, web.statement(epoch=2), "stale_epoch", 409)


def test_from_a_revoked_key(guardian, web):
    guardian("agent", "revoke", "--client", "acme", "--server", web.server.name).checked()

    refused(guardian, web.statement(), "revoked_key", 403)


def test_of_the_key_before_the_newest_enrolment(guardian, web):
    raw = web.statement()
    enrolled_anew = Adversary(guardian, anew(web.server))

    refused(guardian, raw, "revoked_key", 403)
    enrolled_anew.send()


def anew(server):
    """The same server after its disk was lost."""
    for path in sorted((server.folder / "state").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    return server


def test_too_large_raw(guardian, web):
    raw = web.statement()

    refused(guardian, raw + b" " * (256 * 1024 - len(raw) + 1), "too_large", 413)


@pytest.mark.parametrize("size", [2 * MIB, 64 * MIB])
def test_too_large_as_a_bomb(guardian, web, size):
    raw = web.statement()
    packed = zlib.compress(raw + b" " * (size - len(raw)), 9)
    assert len(packed) < 256 * 1024

    refused(guardian, packed, "too_large", 413, "deflate")


def test_packed_within_the_limits_is_the_bombs_healthy_twin(guardian, web):
    packed = zlib.compress(web.statement())

    assert post(guardian, packed, "deflate")[0] == 200


# A key twice, half a character, no JSON, no object, no number, a deep nest, a newline in a name,
# another version, a number that is none.
MALFORMED = (
    lambda text: text[:-1] + ', "number": 1}',
    lambda text: text.replace('"acme"', '"\\ud800"'),
    lambda text: text[:-1],
    lambda _: "[]",
    lambda text: text.replace('"spooled": 0', '"spooled": NaN'),
    lambda text: text[:-1] + ', "x": ' + "[" * 5000 + "]" * 5000 + "}",
    lambda text: text.replace('"web', '"\\nweb'),
    lambda text: text.replace('"version": 1', '"version": 2'),
    lambda text: text.replace('"number": 2', '"number": 0'),
)


def test_malformed_although_signed(guardian, web):
    text = json.dumps(web.body())
    watched = Watched(guardian)

    for change in MALFORMED:
        assert change(text) != text
        assert post(guardian, web.signed(change(text))) == (400, b'{"reason":"malformed"}')

    watched.assert_nothing_changed(malformed=len(MALFORMED))


def test_malformed_envelopes(guardian):
    bodies = (b"", b"\x00\xff", b"{}", b"null", b"[" * 100_000, b'"\\ud800"')
    watched = Watched(guardian)

    for body in bodies:
        assert post(guardian, body) == (400, b'{"reason":"malformed"}')

    watched.assert_nothing_changed(malformed=len(bodies))


def test_content_encodings_that_are_not_what_came(guardian, web):
    encodings = ("gzip", "br", "deflate", "DEFLATE", "deflate, deflate")
    watched = Watched(guardian)

    for encoding in encodings:
        assert post(guardian, web.statement(), encoding) == (400, b'{"reason":"malformed"}')

    watched.assert_nothing_changed(malformed=len(encodings))

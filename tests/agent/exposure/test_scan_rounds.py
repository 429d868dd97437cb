"""Whatever changes and whenever passes are cut short or killed: what is stated is what is there."""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import Any

from guardian_agent.config import Limits, Watch
from guardian_agent.exposure.hands import Share
from guardian_agent.exposure.look import Aims, Bytes, Readers
from guardian_agent.exposure.memory import Memory
from guardian_agent.exposure.scan import observe
from guardian_agent.magic import Classified, classify
from guardian_agent.system.ports import Alone, Twins
from guardian_agent.system.twins import RealTwins
from guardian_agent.wire.names import Name
from guardian_agent.wire.observations import Exposure
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.agent.fakes import FakeSystem

WATCH = Watch(name=Name("place"), paths=("/srv/a", "/srv/a.b", "/srv/a/x"))
MEMORY = Memory("/var/looks", "place")
CONTENTS = (b"", b"some words that anybody reads\n" * 9, b"Salted__" + bytes(range(200)))

PATHS = st.sampled_from(
    [
        f"/srv/{folder}/{name}"
        for folder in ("a", "a.b", "a/x", "a/x/y", "a/x.y", "a/\x01")
        for name in ("1", "2", "é", "\udcff")
    ]
)
PUTS = st.tuples(st.just("put"), PATHS, st.sampled_from(CONTENTS))
REMOVALS = st.tuples(st.just("remove"), PATHS, st.none())
PASSES = st.tuples(st.just("pass"), st.integers(0, 12), st.booleans())
KILLS = st.tuples(st.just("kill"), st.integers(1, 12), st.none())


class Killed(BaseException):
    """As if the process ended here."""


class Server:
    """A place that is looked at, each file costing a second."""

    def __init__(self, twins: Twins | None = None) -> None:
        self.system = FakeSystem(twins=twins or Alone())
        for path in WATCH.paths:
            self.system.files.make_directory(path)
        self.dies_after: int | None = None

    def classify(self, *words: Any) -> Classified:
        self.system.clock.advance(seconds=1)
        if self.dies_after is not None:
            self.dies_after -= 1
            if self.dies_after < 0:
                raise Killed
        return classify(*words)

    def look(self, seconds: int, *, remember: bool = True) -> Exposure:
        self.system.clock.advance(minutes=10)
        aims = Aims(
            reach=False,
            personal=False,
            readers=Readers(classify=self.classify, has_turned=lambda *_: False),
        )
        facts = observe(
            WATCH,
            Limits(scan_seconds=seconds),
            self.system,
            MEMORY,
            Bytes(0),
            aims,
            remember=remember,
            share=Share(alone=2, least=1),
        )
        fact = next(facts)
        assert isinstance(fact, Exposure)
        return fact

    def there(self) -> Counter[int]:
        return Counter(len(data) for data in self.system.files.tree("/srv").values())

    def do(self, what: str, given: Any, more: Any) -> None:
        match what:
            case "put":
                self.system.files.put(given, more)
            case "remove":
                self.system.files.remove(given)
            case "pass":
                self.look(given, remember=more)
            case _:
                self.dies_after = given
                with contextlib.suppress(Killed):
                    self.look(1000)
                self.dies_after = None


def counted(fact: Exposure) -> Counter[int]:
    found: Counter[int] = Counter()
    for each in fact.counts:
        found[each.bytes // each.files] += each.files
    return found


@settings(max_examples=80, deadline=None)
@given(st.lists(st.one_of(PUTS, PUTS, REMOVALS, PASSES, KILLS), max_size=25))
def test_a_pass_that_comes_around_tells_what_is_there(steps: list[tuple[str, Any, Any]]) -> None:
    _comes_around(Server(), steps)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.one_of(PUTS, PUTS, REMOVALS, PASSES, KILLS), max_size=25))
def test_so_does_one_with_two_hands(steps: list[tuple[str, Any, Any]]) -> None:
    _comes_around(Server(RealTwins(processors=2)), steps)


def _comes_around(server: Server, steps: list[tuple[str, Any, Any]]) -> None:
    for step in steps:
        server.do(*step)
    for remember in (False, True, False):
        fact = server.look(1000, remember=remember)
        assert (counted(fact), fact.complete) == (server.there(), True)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(PUTS, min_size=1, max_size=30),
    st.lists(st.integers(1, 3), min_size=40, max_size=40),
)
def test_short_passes_come_around_in_time(
    steps: list[tuple[str, Any, Any]], budgets: list[int]
) -> None:
    server = Server()
    for step in steps:
        server.do(*step)
    facts = [server.look(seconds) for seconds in budgets]
    assert facts[-1].complete
    assert counted(facts[-1]) == server.there()

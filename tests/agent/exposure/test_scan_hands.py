"""A place that is looked at with two hands: the same facts, and the same memory, as with one."""

from __future__ import annotations

import os
from typing import Any

import pytest
from guardian_agent.config import Limits, Watch
from guardian_agent.exposure.hands import Hands, Job, Looked, Share
from guardian_agent.exposure.look import Aims, Bytes, Readers
from guardian_agent.exposure.memory import Block, Memory
from guardian_agent.exposure.personal import Counted
from guardian_agent.exposure.scan import observe
from guardian_agent.magic import classify
from guardian_agent.system.ports import Alone, Twins
from guardian_agent.system.twins import RealTwins
from guardian_agent.wire.facts.exposures import Exposure, PersonalData
from guardian_agent.wire.names import Name
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.agent.fakes import FakeSystem

WATCH = Watch(name=Name("place"), paths=("/srv",))
MEMORY = Memory("/var/looks", "place")
TWO = RealTwins(processors=2)
SHARE = Share(alone=1, least=1)
KEY = b"-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n"
CONTENTS = st.sampled_from(
    [
        b"",
        b"some words that anybody reads\n" * 9,
        b"Salted__" + bytes(range(200)),
        b"ada@example.org paid with 4111 1111 1111 1111\n",
        b"\x00" * 300,
        KEY,
    ]
)
NAMES = st.sampled_from(["a", "b.enc", "c.key", "password.txt", "é", "\udcff", "list.csv"])
TREES = st.dictionaries(
    st.builds("/srv/{}{}".format, st.sampled_from(["", "x/", "x/y/", "x.y/"]), NAMES),
    st.tuples(CONTENTS, st.sampled_from([0o600, 0o644, 0o666])),
    max_size=20,
)


def machine(tree: dict[str, tuple[bytes, int]], twins: Twins) -> FakeSystem:
    system = FakeSystem(twins=twins)
    system.files.make_directory("/srv")
    for path, (content, mode) in tree.items():
        system.files.put(path, content, mode=mode)
    system.clock.advance(hours=1)
    return system


def facts(system: FakeSystem, left: Bytes | None = None, **aims: Any) -> list[Any]:
    seen = observe(
        WATCH,
        Limits(),
        system,
        MEMORY,
        left or Bytes(10**9),
        Aims(**aims),
        remember=True,
        share=SHARE,
    )
    return list(seen)


def remembered(system: FakeSystem) -> bytes:
    with system.files.open(MEMORY.kept) as source:
        return source.read()


@settings(max_examples=25, deadline=None)
@given(TREES)
def test_two_hands_find_what_one_finds(tree: dict[str, tuple[bytes, int]]) -> None:
    one, two = machine(tree, Alone()), machine(tree, TWO)
    for _ in range(2):
        assert facts(two) == facts(one)
        assert remembered(two) == remembered(one)
    assert two.files.held == 0


def many(twins: Twins, count: int = 60) -> FakeSystem:
    tree = {
        f"/srv/{number % 4}/{number}": (b"some words that anybody reads\n" * 9, 0o600)
        for number in range(count)
    }
    return machine(tree, twins)


def test_a_twin_does_look() -> None:
    here = os.getpid()
    looked_here: list[int] = []

    def note(*words: Any) -> Any:
        looked_here.append(os.getpid())
        return classify(*words)

    fact = facts(many(TWO), readers=Readers(classify=note))[0]
    assert isinstance(fact, Exposure)
    assert sum(each.files for each in fact.counts) == 60
    assert set(looked_here) == {here}
    assert len(looked_here) < 60


def test_what_a_lost_twin_does_not_answer_is_looked_at_here() -> None:
    here = os.getpid()

    def dying(*words: Any) -> Any:
        if os.getpid() != here:
            os._exit(1)
        return classify(*words)

    assert facts(many(TWO), readers=Readers(classify=dying)) == facts(many(Alone()))


def test_bytes_are_shared_and_what_is_left_comes_back() -> None:
    def search(read: Any, size: int, *_: Any) -> Counted:
        return Counted(values={"email": 1}, bytes=10, complete=True)

    left = Bytes(100_000)
    fact = facts(many(TWO), left, readers=Readers(search=search))[-1]
    assert isinstance(fact, PersonalData)
    assert (fact.complete, fact.files, fact.bytes) == (True, 60, 600)
    assert left.left == 100_000 - 600


def test_two_hands_search_no_more_than_one_may() -> None:
    def search(read: Any, size: int, *_: Any) -> Counted:
        return Counted(values={}, bytes=size, complete=True)

    size = len(b"some words that anybody reads\n" * 9)
    fact = facts(many(TWO), Bytes(20 * size), readers=Readers(search=search))[-1]
    assert isinstance(fact, PersonalData)
    assert not fact.complete
    assert 0 < fact.bytes <= 20 * size


def looked(name: bytes) -> Looked:
    block = Block("/srv", [name], [], [])
    return Looked(b"\0srv", block, name, False, False, None, 0)


def test_what_the_twin_could_not_open_is_left_to_us() -> None:
    def refuse(_: Job) -> Looked:
        raise PermissionError

    with Hands(TWO, refuse, SHARE) as hands:
        hands.take(looked(b"a"), lambda: 0)
        assert [each.last for each in hands.ready()] == [b"a"]
        assert hands.is_free(["b"])
        hands.ask(Job("/srv", b"\0srv", ("/srv", "/srv"), ["b"]), lambda _: looked(b"here"))
        assert hands.is_free(["b"])
        assert not hands.is_free(["b" * 200] * 100)
        hands.take(looked(b"c"), lambda: 0)
        assert [each.last for each in hands.ready(all_of_it=True)] == [b"here", b"c"]


def test_what_comes_first_in_the_walk_comes_first() -> None:
    with Hands(TWO, lambda job: looked(job.names[0].encode()), SHARE) as hands:
        hands.take(looked(b"a"), lambda: 0)
        list(hands.ready())
        hands.ask(Job("/srv", b"\0srv", ("/srv", "/srv"), ["b"]), lambda _: looked(b"here"))
        for number in range(8):
            hands.take(looked(b"%d" % number), lambda: 0)
        assert [each.last for each in hands.ready()][:2] == [b"b", b"0"]


@pytest.mark.parametrize("files", [1, 15])
def test_few_files_are_not_handed_over(files: int) -> None:
    with Hands(TWO, looked, Share(alone=1)) as hands:  # type: ignore[arg-type]
        hands.take(looked(b"a"), lambda: 0)
        assert not hands.is_free(["b"] * files)
        assert hands.is_free(["b"] * 16)

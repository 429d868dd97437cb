"""Sums over blocks: as they would be file by file."""

from __future__ import annotations

from collections import Counter

from guardian_agent.exposure.look import found_again
from guardian_agent.exposure.memory import NOT, PARTLY, WAITS, WHOLE, Answer, Block, Row
from guardian_agent.exposure.reach.beside import Beside, is_named_like_key, may_name_keys
from guardian_agent.exposure.tally import Tally
from hypothesis import example, given
from hypothesis import strategies as st

ANSWERS = st.builds(
    Answer,
    st.sampled_from(["encrypted", "weak", "plaintext", "empty", "unknown"]),
    st.sampled_from(["text", "openssl"]),
    st.none(),
    st.booleans(),
    st.sampled_from([(), ("private-key",)]),
    st.sampled_from([(), ("world-readable",)]),
    st.sampled_from([(), (("email", 2),), (("card", 1), ("email", 1))]),
    st.sampled_from([NOT, WAITS, PARTLY, WHOLE]),
)
NAMES = st.sampled_from(
    [
        b"a",
        b"list.csv",
        b"keys.txt",
        b"A.KEY",
        b"my-Password.txt",
        b"x.pw",
        b"\xff",
        "pa\u017fs".encode(),
    ]
)
ROWS = st.tuples(NAMES, st.integers(0, 10**5), st.integers(1, 9), st.integers(0, 99), ANSWERS)
FOLDERS = st.sampled_from(["/srv", "/srv/a"])


@st.composite
def blocks(draw: st.DrawFn) -> Block:
    rows = draw(st.lists(ROWS, min_size=1, max_size=6))
    answers = list(dict.fromkeys(answer for *_, answer in rows))
    return Block(
        draw(FOLDERS),
        [name for name, *_ in rows],
        [
            Row(1, 2, size, 3, 4, looked_at, searched, answers.index(answer))
            for _, size, looked_at, searched, answer in rows
        ],
        answers,
    )


@given(st.lists(blocks(), max_size=4))
def test_a_block_counts_as_its_files_one_by_one(some: list[Block]) -> None:
    whole, single = Tally(), Tally()
    for block in some:
        whole.take(block)
        for name, row in zip(block.names, block.rows, strict=True):
            single.take(Block(block.folder, [name], [row], block.answers))
    for told in ("oldest", "turned_files", "turned_bytes", "unsearched"):
        assert getattr(whole, told) == getattr(single, told)
    assert (whole.searched_files, whole.searched_bytes) == (
        single.searched_files,
        single.searched_bytes,
    )
    assert (whole.kinds(), whole.personal()) == (single.kinds(), single.personal())
    assert whole.ways() == single.ways()


@given(st.lists(blocks(), max_size=4))
def test_keys_beside_data_are_those_of_every_file(some: list[Block]) -> None:
    tally = Tally()
    beside = 0
    folder, seen = "", Beside()
    for block in some:
        if block.folder != folder:
            beside, folder, seen = beside + seen.folders, block.folder, Beside()
        tally.take(block)
        for name, row in zip(block.names, block.rows, strict=True):
            answer = block.answers[row.answer]
            path = f"{block.folder}/{name.decode('utf-8', 'surrogateescape')}"
            seen.note(path, row.size, found_again(answer.state, answer.kind), answer.ways)
    told = Counter({each.way: each.items for each in tally.ways()})
    assert told["key-beside-data"] == beside + seen.folders


@given(st.lists(st.text(max_size=12) | NAMES.map(lambda name: name.decode("utf-8", "replace"))))
@example(["key"])
@example(["\u212aey.txt", "a"])
def test_no_name_of_a_key_is_passed_by(names: list[str]) -> None:
    if any(is_named_like_key(name) for name in names):
        assert may_name_keys([name.encode("utf-8", "surrogatepass") for name in names])

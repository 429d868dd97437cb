from __future__ import annotations

from datetime import datetime

from guardian_agent.wire.facts.copies import MAX_VALUES
from hypothesis import given
from hypothesis import strategies as st

from guardian.domain.drift import MAX_CHANGES, MAX_SETTINGS, Drift, Effect, drifts
from guardian.domain.evidence import ServerEvidence, SettingsSeen
from tests.central.domain.making import COPY, DAY, HOUR, SET, T0, made_with, told, unspoken

BASE = {"paths": ("/srv",), "excludes": (), "host": ("web1",)}


def lived(*tellings: dict[str, object], epochs: tuple[int, ...] = ()) -> SettingsSeen:
    """Return what is known after settings were told once an hour."""
    evidence: ServerEvidence = unspoken()
    for number, telling in enumerate(tellings):
        epoch = epochs[number] if epochs else 1
        at = T0 + number * HOUR
        evidence = told(made_with(**telling), after=evidence, at=at, epoch=epoch, number=number + 1)
    return seen(evidence)


def seen(evidence: ServerEvidence) -> SettingsSeen:
    copy = evidence.copy(SET, COPY)
    assert copy is not None
    assert copy.settings is not None
    return copy.settings


def effects(known: SettingsSeen, settled: datetime | None = None) -> dict[str, Effect]:
    return {each.before.setting: each.effect for each in drifts(known, settled)}


def the(known: SettingsSeen) -> Drift:
    (only,) = drifts(known, None)
    return only


def test_what_is_told_first_is_no_change() -> None:
    known = lived(BASE, BASE)
    assert (known.since, known.received_at) == (T0, T0 + HOUR)
    assert effects(known) == {}


def test_who_knew_what_when() -> None:
    drift = the(lived(BASE, {"host": ("web2",)}, {"host": ("web3",)}))
    assert (drift.first.number, drift.first.received_at) == (2, T0 + HOUR)
    assert (drift.newest.number, drift.newest.epoch) == (3, 1)
    assert drift.effect is Effect.OTHER


def test_what_comes_back_is_no_drift() -> None:
    assert effects(lived(BASE, {"paths": ()}, BASE)) == {}


def test_weaker_stronger_and_other() -> None:
    two, other = ("/srv", "/etc"), ("/etc",)
    for before, after, effect in (
        ({"paths": two}, {"paths": ("/srv",)}, Effect.WEAKER),
        ({"paths": ("/srv",)}, {"paths": two}, Effect.STRONGER),
        ({"paths": ("/srv",)}, {"paths": other}, Effect.WEAKER),
        ({"point_paths": two}, {"point_paths": other}, Effect.WEAKER),
        ({"excludes": ()}, {"excludes": ("*.db",)}, Effect.WEAKER),
        ({"excludes": ("*",)}, {"excludes": ()}, Effect.STRONGER),
        ({"left_out": ("a",)}, {"left_out": ("b",)}, Effect.WEAKER),
        ({"encryption": 1}, {"encryption": 0}, Effect.WEAKER),
        ({"encryption": 0}, {"encryption": 1}, Effect.STRONGER),
        ({"keep_daily": 7}, {"keep_daily": 3}, Effect.WEAKER),
        ({"keep_daily": 7}, {"keep_daily": 9}, Effect.STRONGER),
        ({"schedule": two}, {"schedule": ("/srv",)}, Effect.WEAKER),
        ({"schedule": ("/srv",)}, {"schedule": other}, Effect.OTHER),
        ({"schedule": ("/srv",)}, {"schedule": two}, Effect.STRONGER),
        ({"unheard_of": 1}, {"unheard_of": 2}, Effect.OTHER),
    ):
        (name,) = before
        assert effects(lived(before, after)) == {name.replace("_", "-"): effect}, (before, after)


def test_how_much_is_lost_and_added() -> None:
    drift = the(lived({"paths": ("/a", "/b")}, {"paths": ("/a", "/c", "/d")}))
    assert (drift.lost, drift.added) == (1, 2)


def test_what_is_not_told_any_more_is_as_it_was() -> None:
    known = lived({"schedule": ("a",)}, {}, {"schedule": ("a",)})
    assert effects(known) == {}
    assert [each.setting for each in known.known] == ["excludes", "host", "paths", "schedule"]


class TestSettled:
    def test_what_was_settled_is_no_drift_and_what_came_later_is(self) -> None:
        known = lived(BASE, {"paths": ()}, {"paths": (), "host": ("web2",)})
        assert effects(known) == {"paths": Effect.WEAKER, "host": Effect.OTHER}
        assert effects(known, T0 + HOUR) == {"host": Effect.OTHER}
        assert effects(known, T0 + 2 * HOUR) == {}

    def test_undoing_what_was_settled_is_a_change_again(self) -> None:
        known = lived({"paths": ("/a", "/b")}, {"paths": ("/b",)}, {"paths": ("/a", "/b")})
        assert effects(known) == {}
        assert effects(known, T0 + HOUR) == {"paths": Effect.STRONGER}


class TestANewKey:
    def test_hashes_are_not_compared_and_numbers_are(self) -> None:
        renamed = lived({"paths": ("/srv",)}, {"paths": ("same-under-new-key",)}, epochs=(1, 2))
        assert effects(renamed) == {}
        fewer = lived({"paths": ("/a", "/b")}, {"paths": ("x",)}, epochs=(1, 2))
        assert effects(fewer) == {"paths": Effect.WEAKER}

    def test_a_change_told_before_it_stays_where_numbers_tell(self) -> None:
        known = lived(
            {"paths": ("/a", "/b")}, {"paths": ("/a",)}, {"paths": ("x",)}, epochs=(1, 1, 2)
        )
        assert effects(known) == {"paths": Effect.WEAKER}

    def test_what_is_told_again_under_it_is_compared_from_then_on(self) -> None:
        known = lived(BASE, BASE, {"host": ("web2",)}, epochs=(1, 2, 2))
        assert effects(known) == {"host": Effect.OTHER}

    def test_what_is_lost_and_added_is_not_known_by_hashes_of_two_keys(self) -> None:
        drift = the(lived({"excludes": ("a", "b")}, {"excludes": ("x",)}, epochs=(1, 2)))
        assert (drift.effect, drift.lost, drift.added) == (Effect.STRONGER, 1, 0)


class TestMoreValuesThanAreTold:
    MANY = tuple(f"/{number}" for number in range(MAX_VALUES + 6))

    def test_one_that_is_new_pushes_another_out_and_takes_none_away(self) -> None:
        for name in self.MANY:
            fewer = tuple(each for each in self.MANY if each != name)
            drift = the(lived({"paths": fewer}, {"paths": self.MANY}))
            assert (drift.effect, drift.lost, drift.added) == (Effect.STRONGER, 0, 1)

    def test_one_that_is_gone_lets_another_in_and_adds_none(self) -> None:
        for name in self.MANY:
            fewer = tuple(each for each in self.MANY if each != name)
            drift = the(lived({"excludes": self.MANY}, {"excludes": fewer}))
            assert (drift.effect, drift.lost, drift.added) == (Effect.STRONGER, 1, 0)

    def test_one_in_the_place_of_another(self) -> None:
        found = [
            the(
                lived({"paths": self.MANY}, {"paths": (*self.MANY[:at], *self.MANY[at + 1 :], "x")})
            )
            for at in range(9)
        ]
        assert {each.effect for each in found} == {Effect.WEAKER}


class TestBounds:
    def test_settings(self) -> None:
        many = {f"odd-{n}": n for n in range(MAX_SETTINGS + 9)}
        assert len(lived(many).known) == MAX_SETTINGS

    def test_changes_and_the_first_is_not_forgotten(self) -> None:
        hosts = [{"host": (f"web{n}",)} for n in range(MAX_CHANGES + 20)]
        known = lived({"paths": ("/a", "/b")}, {"paths": ("/a",)}, *hosts)
        assert len(known.changes) == MAX_CHANGES
        found = {each.before.setting: each for each in drifts(known, None)}
        assert found["paths"].effect is Effect.WEAKER
        assert found["host"].before == made_with().settings[2]
        assert found["host"].newest.number == len(hosts) + 2


@given(st.lists(st.sampled_from([(), ("/a",), ("/a", "/b"), ("/c",)]), min_size=1, max_size=9))
def test_only_the_first_and_the_last_decide(paths: list[tuple[str, ...]]) -> None:
    known = lived(*({"paths": each} for each in paths))
    changed = effects(known)
    if paths[0] == paths[-1]:
        assert "paths" not in changed
    else:
        lost = set(paths[0]) - set(paths[-1])
        assert changed["paths"] is (Effect.WEAKER if lost else Effect.STRONGER)
    assert effects(known, T0 + DAY) == {}

from __future__ import annotations

import errno

import pytest
from guardian_agent.delivery.enrolment import enroll
from guardian_agent.delivery.identity import load_identity
from guardian_agent.delivery.records import place
from guardian_agent.delivery.secret import load_secret
from guardian_agent.errors import (
    AgentError,
    DecodeError,
    DeliveryError,
    StateError,
    TrustError,
)
from guardian_agent.system.response import Response
from guardian_agent.wire.keys import SigningKey, key_id

from tests.agent.delivery.central import STATE, URL, FakeCentral, config
from tests.agent.fakes import FakeSystem


class TestHttps:
    def test_identity_is_granted_and_kept(self, system, central):
        identity = enroll(config(), system, central.token())
        assert (identity.client, identity.agent, identity.epoch) == ("acme", "web1", 1)
        assert (identity.url, identity.pin) == (URL, central.pin)
        assert identity.signer == central.key.public
        assert key_id(identity.key.public) == identity.key_id
        again = load_identity(config(), system)
        assert again.key.raw == identity.key.raw
        assert again.secret == identity.secret
        assert [request.url for request in system.network.requests] == [f"{URL}/v1/enroll"]

    def test_state_files_are_for_us_alone(self, system, central):
        enroll(config(), system, central.token())
        modes = {entry.path: entry.mode for entry in system.files.scan(STATE)}
        assert modes == {f"{STATE}/{name}": 0o600 for name in ("identity.json", "key", "secret")}

    def test_key_is_on_disk_before_anything_is_sent(self, system, central):
        def look(request):
            assert any("/key." in path for path in system.files.tree(STATE))
            return central.handle(request)

        system.network.handler = look
        enroll(config(), system, central.token())

    def test_wrong_pin_sends_nothing(self, system, central):
        system.network.pin = "22" * 32
        with pytest.raises(DeliveryError, match="not the pinned one"):
            enroll(config(), system, central.token())
        assert system.network.requests == []
        with pytest.raises(StateError, match="not enrolled"):
            load_identity(config(), system)

    def test_lost_answer_is_asked_for_again_with_the_same_key(self, system, central):
        def lose(request):
            central.handle(request)
            raise DeliveryError("connection reset")

        system.network.handler = lose
        with pytest.raises(DeliveryError):
            enroll(config(), system, central.token())
        system.network.handler = central.handle
        identity = enroll(config(), system, central.token())
        assert identity.epoch == 1
        assert list(central.keys) == [identity.key_id]
        first, second = system.network.requests
        assert first.body == second.body

    def test_used_token_gives_what_it_gave(self, system, central):
        first = enroll(config(), system, central.token())
        again = enroll(config(), system, central.token())
        assert again.key_id == first.key_id
        assert len(system.network.requests) == 1

    def test_new_token_gives_a_new_key_and_epoch(self, system, central):
        first = enroll(config(), system, central.token())
        second = enroll(config(), system, central.token(b"t" * 32))
        assert (first.epoch, second.epoch) == (1, 2)
        assert first.key_id != second.key_id
        assert first.secret == second.secret
        assert load_identity(config(), system).key_id == second.key_id
        assert not [path for path in system.files.tree(STATE) if "/key." in path]

    def test_refusal_keeps_the_old_identity(self, system, central):
        first = enroll(config(), system, central.token())
        central.refuse = "unknown_token"
        with pytest.raises(DeliveryError, match="unknown_token") as caught:
            enroll(config(), system, central.token(b"t" * 32))
        assert caught.value.reason == "unknown_token"
        assert load_identity(config(), system).key.raw == first.key.raw

    def test_answer_of_another_central_is_not_believed(self, system, central):
        other = FakeCentral(key=SigningKey.from_seed(b"o" * 32))
        token = central.token()

        def lie(request):
            central.handle(request)
            grant = central.granted.popitem()[1]
            other.granted["x"] = grant
            return Response(status=200, body=grant.replace(b'"sig":"', b'"sig":"AA'))

        system.network.handler = lie
        with pytest.raises((TrustError, DecodeError)):
            enroll(config(), system, token)
        with pytest.raises(StateError, match="not enrolled"):
            load_identity(config(), system)

    @pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"\xff" * 9000])
    def test_nonsense_is_an_agent_error(self, system, central, body):
        system.network.handler = lambda _: Response(status=200, body=body)
        with pytest.raises(AgentError):
            enroll(config(), system, central.token())

    def test_damaged_token(self, system, central):
        with pytest.raises(TrustError, match="no whole enrolment token"):
            enroll(config(), system, central.token()[:-3])

    @pytest.mark.parametrize(
        "operation",
        [
            ("write", "identity.json"),
            ("create_exclusively", "secret"),
            ("rename", None),
        ],
    )
    def test_full_disk_then_again(self, system, central, operation):
        what, name = operation
        if name is None:
            name = "key." + central_hash(central)
        system.files.fail(what, f"{STATE}/{name}", OSError(errno.ENOSPC, "No space left on device"))
        with pytest.raises(StateError, match="No space left"):
            enroll(config(), system, central.token())
        system.files.mend()
        identity = enroll(config(), system, central.token())
        assert load_identity(config(), system).key.raw == identity.key.raw
        assert list(central.keys) == [identity.key_id]

    def test_key_that_cannot_be_made(self, system, central):
        path = f"{STATE}/key.{central_hash(central)}"
        system.files.fail("create_exclusively", path)
        with pytest.raises(StateError, match="Permission denied"):
            enroll(config(), system, central.token())
        assert system.network.requests == []

    def test_keys_that_never_came_into_force_are_removed(self, system, central):
        system.files.put(f"{STATE}/key.{'0' * 64}", b"f" * 32)
        enroll(config(), system, central.token())
        assert not system.files.exists(f"{STATE}/key.{'0' * 64}")


def central_hash(central):
    from guardian_agent.wire.token import parse_token

    return parse_token(central.token()).secret_hash


class TestCrash:
    """Whatever the moment, the old or the new identity is whole, and repeating finishes."""

    def test_between_any_two_changes(self):
        changes = len(self.enrolled(None).files.journal)
        for moment in range(changes):
            system, central = self.enrolled(moment), FakeCentral(epoch=1)
            system.network.handler = central.handle
            identity = enroll(config(), system, central.token(b"t" * 32))
            assert load_identity(config(), system).key.raw == identity.key.raw
            assert [path for path in system.files.tree(STATE) if "/key." in path] == []

    def enrolled(self, moment):
        """Enrol twice, the second time cut off at the `moment`-th change of the disk."""
        system, central = FakeSystem(), FakeCentral()
        system.network.pin, system.network.handler = central.pin, central.handle
        first = enroll(config(), system, central.token())
        done = len(system.files.journal)

        class Killed(BaseException):
            pass

        class Dying(list):
            def append(self, entry):
                if moment is not None and len(self) == done + moment:
                    raise Killed
                super().append(entry)

        system.files.journal = Dying(system.files.journal)
        try:
            enroll(config(), system, central.token(b"t" * 32))
        except Killed:
            key = load_identity(config(), system).key.raw
            assert key == first.key.raw or len(central.keys) == 2
        system.files.journal = system.files.journal[done:]
        return system


class TestDropFolder:
    URL = "file:///srv/drop"

    @pytest.fixture
    def central(self, system):
        system.files.make_directory("/srv/drop")
        return FakeCentral(url=self.URL)

    def test_request_waits_and_calling_again_finishes(self, system, central):
        token = central.token()
        assert enroll(config(self.URL), system, token) is None
        assert enroll(config(self.URL), system, token) is None
        (path,) = system.files.tree("/srv/drop/enrol")
        assert system.files.stat(path).mode == 0o640
        central.ingest(system, "/srv/drop")
        identity = enroll(config(self.URL), system, token)
        assert identity.epoch == 1
        assert enroll(config(self.URL), system, token).key_id == identity.key_id

    def test_folder_not_mounted(self, system):
        with pytest.raises(DeliveryError, match="is it mounted"):
            enroll(config("file:///srv/away"), system, FakeCentral(url="file:///x").token())

    def test_folder_not_writable(self, system, central):
        name = central_hash(central)
        system.files.fail("write", f"/srv/drop/enrol/{name}.json")
        with pytest.raises(DeliveryError, match="Permission denied"):
            enroll(config(self.URL), system, central.token())


class TestState:
    def test_not_enrolled(self, system):
        with pytest.raises(StateError, match="guardian-agent enroll"):
            load_identity(config(), system)

    def test_secret_is_made_once(self, system):
        first = load_secret(config(), system)
        assert len(first) == 32
        assert load_secret(config(), system) == first

    @pytest.mark.parametrize("data", [b"", b"short", b"l" * 33])
    def test_damaged_secret(self, system, data):
        system.files.put(place(config(), "secret"), data)
        with pytest.raises(StateError, match="secret"):
            load_secret(config(), system)

    @pytest.mark.parametrize("data", [b"", b"short", b"w" * 32, b"l" * 33])
    def test_damaged_key(self, system, identity, data):
        system.files.put(place(config(), "key"), data)
        with pytest.raises(StateError, match="/key"):
            load_identity(config(), system)

    def test_missing_key(self, system, identity):
        system.files.remove(place(config(), "key"))
        with pytest.raises(StateError, match="is not the key"):
            load_identity(config(), system)

    @pytest.mark.parametrize("name", ["key", "secret", "identity.json"])
    def test_unreadable(self, system, identity, name):
        system.files.fail("read", place(config(), name))
        with pytest.raises(StateError, match="Permission denied"):
            load_identity(config(), system)

    def test_damaged_identity(self, system, identity):
        system.files.put(place(config(), "identity.json"), b'{"client": "acme"}')
        with pytest.raises(StateError, match="damaged"):
            load_identity(config(), system)

    def test_secrets_are_not_shown(self, identity):
        assert "secret" not in repr(identity)
        assert identity.key.raw.hex() not in repr(identity)

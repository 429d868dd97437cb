"""Getting an identity: one token, one new key, central's signed grant.

Every step can be interrupted and repeated. The key is on disk before its request leaves, under the
token's name, so that a repeated request is the same request; the identity changes by the single
rename of `identity.json`, and only then the key moves to its own name.
"""

from __future__ import annotations

from guardian_agent.config import AgentConfig
from guardian_agent.delivery.identity import (
    KEY,
    NEW_KEY_PREFIX,
    Granted,
    Identity,
    load_granted,
    load_identity,
    read_key,
)
from guardian_agent.delivery.records import names, place, save
from guardian_agent.delivery.secret import load_secret
from guardian_agent.delivery.way import Application
from guardian_agent.delivery.ways import choose
from guardian_agent.errors import DecodeError, StateError, TrustError
from guardian_agent.system import System
from guardian_agent.wire.enrolment import EnrolmentGrant, make_request, open_grant
from guardian_agent.wire.keys import KEY_BYTES, SigningKey, key_id
from guardian_agent.wire.names import Hash
from guardian_agent.wire.token import Token, parse_token

LOCK = "lock"
"""Held by whoever changes identity, stream or spool."""


def enroll(config: AgentConfig, system: System, token_text: str) -> Identity | None:
    """Exchange a token for an identity.

    A server that was enrolled before gets a new key and a new epoch; until the grant is there, the
    old identity stays in force. A token that has done its work gives the identity it gave.

    Returns:
        The new identity; None when the request lies in the drop folder and the answer is not there
        yet (call again to finish).

    Raises:
        TrustError: the token is damaged, or the answer is not signed by the central it names.
        DecodeError: the answer has no known form.
        DeliveryError: central cannot be reached, has another key, or refuses the token.
        StateError: the state directory cannot be written, or a pass is at work.
    """
    token = _read(token_text)
    load_secret(config, system)
    with system.files.lock(place(config, LOCK)):
        return _enroll(config, system, token)


def _enroll(config: AgentConfig, system: System, token: Token) -> Identity | None:
    granted = load_granted(config, system)
    if granted is None or granted.token != token.secret_hash:
        grant = _ask(config, system, token)
        if grant is None:
            return None
        save(place(config, "identity.json"), _identity(token, grant), system)
    identity = load_identity(config, system)
    _settle(config, identity.key, system)
    return identity


def _read(text: str) -> Token:
    try:
        return parse_token(text)
    except DecodeError as error:
        raise TrustError(f"this is no whole enrolment token ({error}): copy it again") from error


def _ask(config: AgentConfig, system: System, token: Token) -> EnrolmentGrant | None:
    key = _new_key(place(config, NEW_KEY_PREFIX + token.secret_hash), system)
    way = choose(config.central.url, token.pin, system)
    request = make_request(token, key)
    answer = way.enroll(Application(secret_hash=token.secret_hash, request=request))
    return None if answer is None else open_grant(answer, token.signer, key_id(key.public))


def _new_key(path: str, system: System) -> SigningKey:
    """Return the key made for this token, made now if this is the first attempt."""
    try:
        system.files.create_exclusively(path, system.randomness.bytes(KEY_BYTES))
    except FileExistsError:
        pass
    except OSError as error:
        raise StateError(f"{path}: {error.strerror}") from error
    key = read_key(path, system)
    if key is None:
        raise StateError(f"{path} vanished while it was in use; run enroll again")
    return key


def _identity(token: Token, grant: EnrolmentGrant) -> Granted:
    return Granted(
        client=grant.client,
        agent=grant.agent,
        epoch=grant.epoch,
        key_id=grant.key_id,
        url=token.url,
        pin=token.pin,
        signer=Hash(token.signer.hex()),
        token=token.secret_hash,
    )


def _settle(config: AgentConfig, key: SigningKey, system: System) -> None:
    """Give the key that is in force its own name and remove those that never came into force."""
    waiting = [name for name in names(config.state.dir, system) if name.startswith(NEW_KEY_PREFIX)]
    try:
        for name in waiting:
            path = place(config, name)
            found = read_key(path, system)
            if found is not None and found.public == key.public:
                system.files.rename(path, place(config, KEY))
            else:
                system.files.remove(path)
    except OSError as error:
        raise StateError(f"{config.state.dir}: {error.strerror}") from error

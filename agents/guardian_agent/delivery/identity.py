"""Who this agent is: its key, its secret, and what central granted.

`identity.json` is the one thing that decides. The private key is found by the key id in it, so
that a change of identity is a single rename, and a crash leaves the old one or the new one whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from guardian_agent.config import AgentConfig
from guardian_agent.delivery.records import load, names, place
from guardian_agent.delivery.secret import load_secret
from guardian_agent.errors import StateError
from guardian_agent.system import System
from guardian_agent.wire.keys import KEY_BYTES, SigningKey, key_id
from guardian_agent.wire.names import Hash, Name

KEY = "key"
NEW_KEY_PREFIX = "key."
"""`key.<hash of the token's secret>`: a key whose enrolment is not finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """An enrolled agent."""

    client: Name
    agent: Name
    epoch: int
    key_id: Hash
    url: str
    """Where the token said central is; `agent.toml` decides where statements go."""
    pin: Hash
    """SHA-256 of central's TLS public key (SPKI)."""
    signer: bytes
    """Central's raw Ed25519 public key: who signs receipts."""
    key: SigningKey
    secret: bytes = field(repr=False)
    """The key of keyed hashes; it never leaves this server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """`identity.json`: what central granted, and how to know central."""

    client: Name
    agent: Name
    epoch: int
    key_id: Hash
    url: str
    pin: Hash
    signer: Hash
    token: Hash | None = None
    """Hash of the secret of the token that this came from."""


def load_identity(config: AgentConfig, system: System) -> Identity:
    """Return who this agent is.

    Raises:
        StateError: not enrolled, or the state is damaged.
    """
    granted = load_granted(config, system)
    if granted is None:
        raise StateError(
            "not enrolled: get a token from your provider and run "
            "guardian-agent enroll --token-file FILE"
        )
    return Identity(
        client=granted.client,
        agent=granted.agent,
        epoch=granted.epoch,
        key_id=granted.key_id,
        url=granted.url,
        pin=granted.pin,
        signer=bytes.fromhex(granted.signer),
        key=_own_key(config, granted.key_id, system),
        secret=load_secret(config, system),
    )


def load_granted(config: AgentConfig, system: System) -> Granted | None:
    """Return `identity.json`, or None when this agent was never enrolled."""
    return load(Granted, place(config, "identity.json"), system)


def read_key(path: str, system: System) -> SigningKey | None:
    """Return the private key at `path`, or None when there is none; raise `StateError`."""
    try:
        raw = system.files.read(path, KEY_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StateError(f"{path}: {error.strerror}") from error
    if len(raw) != KEY_BYTES:
        raise StateError(f"{path} is damaged: {KEY_BYTES} bytes expected, {len(raw)} there")
    return SigningKey.from_seed(raw)


def _own_key(config: AgentConfig, wanted: Hash, system: System) -> SigningKey:
    """Find the key that `identity.json` names, under its own name or still under its new one."""
    found = names(config.state.dir, system)
    for name in (KEY, *(name for name in found if name.startswith(NEW_KEY_PREFIX))):
        key = read_key(place(config, name), system)
        if key is not None and key_id(key.public) == wanted:
            return key
    raise StateError(
        f"{place(config, KEY)} is not the key that this server was enrolled with ({wanted}); "
        "restore it, or enrol anew with a new token"
    )

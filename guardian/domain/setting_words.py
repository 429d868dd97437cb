"""Settings that decide who can read, as people say what is wrong with them."""

from __future__ import annotations

from guardian_agent.wire import postures as names
from guardian_agent.wire.observations import Setting, Standing

FAULTS: dict[str, str] = {
    names.VOLUME_ENCRYPTED: "lies on a disk that is not encrypted",
    names.VOLUME_CIPHER: "its disk's encryption does not cover all of it",
    names.SWAP_ENCRYPTED: "memory is swapped to a disk that is not encrypted",
    names.HIBERNATION_ENCRYPTED: "the machine hibernates to a disk that is not encrypted",
    names.TEMPORARY_ENCRYPTED: "temporary files lie on a disk that is not encrypted",
    names.KEY_ON_PLAIN_VOLUME: "its key lies readable on a disk beside it",
    names.AT_REST_ENCRYPTED: "its files are not encrypted",
    names.LOGS_ENCRYPTED: "its logs and temporary files are not encrypted",
    names.PLAIN_VIEW: "a decrypted view of it is open to everybody",
    names.SHARE_ENCRYPTED: "a network share carries it in clear text",
    names.TRANSPORT_ENCRYPTED: "it travels in clear text",
    names.TLS_ENABLED: "it offers no TLS",
    names.TLS_REQUIRED: "it lets in without TLS",
    names.TLS_VERSION: "it speaks TLS older than 1.2",
    names.LISTEN_LOCAL: "it listens on every address",
    names.HBA_TRUST: "it lets in without any proof",
    names.HBA_CLEAR_PASSWORD: "it asks for passwords in clear text",
    names.HBA_MD5: "it takes MD5 for a proof",
    names.HBA_ANYONE: "it lets in from every address",
    names.SUPERUSER_OVER_NETWORK: "who may do everything gets in over the network",
    names.PASSWORDS_HASHED: "it keeps passwords as weak hashes",
    names.USERS_HAVE_PASSWORDS: "it has a user with an empty password",
    names.ANONYMOUS_USERS: "it lets in users without a name",
    names.USERS_FROM_ANYWHERE: "it lets a user in from everywhere without TLS",
    names.DATA_DIRECTORY_CLOSED: "other users of the machine can read its files",
    names.DUMPS_CLOSED: "other users of the machine can read its dumps",
    names.DEFAULT_ENCRYPTION: "what is stored there is not encrypted by default",
    names.NEWEST_ENCRYPTED: "its newest objects are not encrypted",
    names.CLIENT_SIDE_ENCRYPTED: "the store itself can read its newest objects",
    names.PUBLIC_ACCESS_BLOCK: "nothing keeps strangers out whatever policies say",
    names.ACCOUNT_ACCESS_BLOCK: "its account lets buckets be opened to strangers",
    names.PUBLIC_BY_POLICY: "its policy lets strangers in",
    names.PUBLIC_BY_ACL: "its access list lets strangers in",
    names.TLS_ONLY: "it may be asked without TLS",
    names.PLAIN_HTTP: "it answered a stranger without TLS",
    names.CROSS_ACCOUNT: "it lets in accounts that nobody agreed on",
    names.ANONYMOUS_LIST: "a stranger got its list of objects",
    names.ANONYMOUS_READ: "a stranger got an object out of it",
    names.VERSIONING: "what is overwritten or deleted is gone",
    names.OBJECT_LOCK: "what is stored can be deleted before its date",
    names.NEWEST_LOCKED: "its newest objects can be deleted before their date",
    names.ACCESS_LOGGING: "nobody writes down who asked for what",
}
"""By setting, what is the matter where it is unsafe."""
LOCKS = frozenset({names.OBJECT_LOCK, names.NEWEST_LOCKED})
"""Settings that count days."""


def fault(setting: Setting) -> str:
    """Say what is wrong, and of how many entries ("it lets in without any proof (2 entries)")."""
    said = FAULTS.get(setting.setting, f"{_name(setting)} is {_standing(setting)}")
    unit = "days" if setting.setting in LOCKS else "entries"
    return f"{said} ({setting.items} {unit})" if setting.items > 1 else said


def not_known(setting: Setting) -> str:
    """Say that a setting is not known, and why ("... permission s3:getbucketacl is missing")."""
    return f"{_name(setting)} is not known ({_cause(setting)})"


def unheard_of(setting: Setting) -> str | None:
    """Say that a setting is stated to be unsafe whose name means nothing here; else None."""
    if setting.setting in FAULTS or setting.standing is Standing.SAFE:
        return None
    return f"{_name(setting)} is {_standing(setting)}, which this version cannot judge"


def permission(setting: Setting) -> str | None:
    """Return the missing permission as the store spells it ("s3:getbucketacl")."""
    return None if setting.permission is None else setting.permission.replace(".", ":", 1)


def _cause(setting: Setting) -> str:
    if setting.standing is Standing.DENIED:
        missing = permission(setting)
        return "not allowed to ask" if missing is None else f"permission {missing} is missing"
    if setting.standing is Standing.UNSUPPORTED:
        return "it has no answer to that"
    return "no answer"


def _name(setting: Setting) -> str:
    return setting.setting.replace("-", " ")


def _standing(setting: Setting) -> str:
    return setting.standing.value.replace("_", " ")

"""The settings that a `Posture` states, by what they decide.

One setting may stand in a posture more than once, with different rules: each says of how many
entries (mounts, swap areas, lines) its standing is true. A setting that stands nowhere was not
looked at, and is not known.

Names say what is safe where they can; `hba-trust` and its like say what was looked for: `safe`
means that there is none.
"""

from __future__ import annotations

from guardian_agent.wire.names import Slug

VOLUME_ENCRYPTED = Slug("volume-encrypted")
"""Each mount at and below the paths lies, with every disk under it, on encryption (volume)."""
VOLUME_CIPHER = Slug("volume-cipher")
"""Those encrypting devices have a cipher that is one, and over their whole length (volume)."""
SWAP_ENCRYPTED = Slug("swap-encrypted")
"""What was in memory is written to encrypted disks alone, or to none (volume)."""
HIBERNATION_ENCRYPTED = Slug("hibernation-encrypted")
"""The device that the machine wakes up from is encrypted, or there is none (volume)."""
TEMPORARY_ENCRYPTED = Slug("temporary-encrypted")
"""`/tmp` and `/var/tmp` are in memory or encrypted (volume)."""
KEY_ON_PLAIN_VOLUME = Slug("key-on-plain-volume")
"""No key file lies readable on a disk beside what it opens (volume, database)."""
AT_REST_ENCRYPTED = Slug("at-rest-encrypted")
"""A database's files are encrypted by itself or by the volume that they lie on (database)."""
LOGS_ENCRYPTED = Slug("logs-encrypted")
"""So are its logs and temporary files, where it encrypts its tables itself (database)."""

PLAIN_VIEW = Slug("plain-view")
"""No decrypted view of an encrypted folder is mounted for everybody (volume)."""
SHARE_ENCRYPTED = Slug("share-encrypted")
"""What is mounted over the network travels encrypted (volume)."""
TRANSPORT_ENCRYPTED = Slug("transport-encrypted")
"""A copy's data travel encrypted (transport)."""
TLS_ENABLED = Slug("tls-enabled")
"""A server offers TLS, or is not reached over the network at all (database)."""
TLS_REQUIRED = Slug("tls-required")
"""Nobody is let in over the network without TLS (database)."""
TLS_VERSION = Slug("tls-version")
"""No TLS before 1.2 is spoken (database)."""
LISTEN_LOCAL = Slug("listen-local")
"""It listens on this machine or on named addresses, not on every one there is (database)."""
HBA_TRUST = Slug("hba-trust")
"""No entry of `pg_hba.conf` lets in without any proof (database)."""
HBA_CLEAR_PASSWORD = Slug("hba-clear-password")
"""No entry asks for passwords in clear over a network connection without TLS (database)."""
HBA_MD5 = Slug("hba-md5")
"""No entry takes MD5 for a proof over the network (database)."""
HBA_ANYONE = Slug("hba-anyone")
"""No entry is for every address there is (database)."""
SUPERUSER_OVER_NETWORK = Slug("superuser-over-network")
"""Nobody who may do everything gets in over the network (database)."""
PASSWORDS_HASHED = Slug("passwords-hashed")
"""No password is kept as an MD5 hash, or as MySQL's before 4.1 (database)."""
USERS_HAVE_PASSWORDS = Slug("users-have-passwords")
"""No user gets in with an empty password (database)."""
ANONYMOUS_USERS = Slug("anonymous-users")
"""No user without a name is let in (database)."""
USERS_FROM_ANYWHERE = Slug("users-from-anywhere")
"""No user is let in from every address without TLS (database)."""
DATA_DIRECTORY_CLOSED = Slug("data-directory-closed")
"""Other users of the machine cannot read the database's files (database)."""
DUMPS_CLOSED = Slug("dumps-closed")
"""Nor the dumps in the folders configured (database)."""

DEFAULT_ENCRYPTION = Slug("default-encryption")
"""What is stored from now on is encrypted by the store without being asked (bucket)."""
NEWEST_ENCRYPTED = Slug("newest-objects-encrypted")
"""Each of the newest objects is: by the store as it says of it, or by the client (bucket)."""
CLIENT_SIDE_ENCRYPTED = Slug("client-side-encrypted")
"""Each of them says that the client encrypted it: the store could not read it (bucket)."""
PUBLIC_ACCESS_BLOCK = Slug("public-access-block")
"""Whatever policies and ACLs say, the store gives nothing to strangers (bucket)."""
ACCOUNT_ACCESS_BLOCK = Slug("account-public-access-block")
"""Nor does any bucket of the account; what it forbids counts for the bucket, too (bucket)."""
PUBLIC_BY_POLICY = Slug("public-by-policy")
"""The bucket's policy gives nothing to strangers (bucket)."""
PUBLIC_BY_ACL = Slug("public-by-acl")
"""Nor does its ACL (bucket)."""
TLS_ONLY = Slug("tls-only")
"""The bucket's policy refuses whatever does not travel encrypted (bucket)."""
PLAIN_HTTP = Slug("plain-http")
"""A stranger who asked without TLS got nothing (bucket)."""
CROSS_ACCOUNT = Slug("cross-account")
"""No other account is let in but those configured (bucket)."""
ANONYMOUS_LIST = Slug("anonymous-list")
"""A stranger who asked what is in it got nothing (bucket)."""
ANONYMOUS_READ = Slug("anonymous-read")
"""Nor one who asked for its newest object (bucket)."""
VERSIONING = Slug("versioning")
"""What is overwritten or deleted stays as an old version (bucket)."""
OBJECT_LOCK = Slug("object-lock")
"""What is stored cannot be deleted before its date, by nobody: mode COMPLIANCE (bucket)."""
NEWEST_LOCKED = Slug("newest-objects-locked")
"""Nor can each of the newest objects, as it says of itself (bucket)."""
ACCESS_LOGGING = Slug("access-logging")
"""The store writes down who asked for what (bucket)."""

ENCRYPTION = frozenset(
    {
        VOLUME_ENCRYPTED,
        VOLUME_CIPHER,
        SWAP_ENCRYPTED,
        HIBERNATION_ENCRYPTED,
        TEMPORARY_ENCRYPTED,
        KEY_ON_PLAIN_VOLUME,
        AT_REST_ENCRYPTED,
        LOGS_ENCRYPTED,
        DEFAULT_ENCRYPTION,
        NEWEST_ENCRYPTED,
    }
)
"""Whether client data at rest can be read without a key: `data.encrypted`."""

EXPOSURE = frozenset(
    {
        PLAIN_VIEW,
        SHARE_ENCRYPTED,
        TRANSPORT_ENCRYPTED,
        TLS_ENABLED,
        TLS_REQUIRED,
        TLS_VERSION,
        LISTEN_LOCAL,
        HBA_TRUST,
        HBA_CLEAR_PASSWORD,
        HBA_MD5,
        HBA_ANYONE,
        SUPERUSER_OVER_NETWORK,
        PASSWORDS_HASHED,
        USERS_HAVE_PASSWORDS,
        ANONYMOUS_USERS,
        USERS_FROM_ANYWHERE,
        DATA_DIRECTORY_CLOSED,
        DUMPS_CLOSED,
        PUBLIC_ACCESS_BLOCK,
        PUBLIC_BY_POLICY,
        PUBLIC_BY_ACL,
        TLS_ONLY,
        PLAIN_HTTP,
        CROSS_ACCOUNT,
        ANONYMOUS_LIST,
        ANONYMOUS_READ,
    }
)
"""Whether others get at client data: `data.exposed`."""

SETTLED_BY = {
    PUBLIC_ACCESS_BLOCK: frozenset({ANONYMOUS_LIST, ANONYMOUS_READ}),
    PUBLIC_BY_ACL: frozenset({ANONYMOUS_LIST, ANONYMOUS_READ}),
    PUBLIC_BY_POLICY: frozenset({ANONYMOUS_LIST, ANONYMOUS_READ}),
    CROSS_ACCOUNT: frozenset({PUBLIC_BY_ACL}),
    DEFAULT_ENCRYPTION: frozenset({NEWEST_ENCRYPTED}),
}
"""A setting that a store does not support leaves nothing open where all of these are `safe`.

Half of the stores there are have no public access block; whom it would keep out is asked at the
door itself.
"""

"""Who is let in: the public access block, the ACL and the policy, taken together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guardian_agent.errors import DecodeError
from guardian_agent.exposure.buckets import calls
from guardian_agent.exposure.buckets.answers import Lack, asked, setting
from guardian_agent.exposure.buckets.calls import Call
from guardian_agent.exposure.buckets.kinds import DUMMIES, MEANT_ACLS, Kind
from guardian_agent.exposure.buckets.policy import (
    Policy,
    Ruling,
    cross_account,
    parse_policy,
    public,
    tls_only,
)
from guardian_agent.exposure.buckets.port import Client
from guardian_agent.wire.facts.exposures import Setting, Standing
from guardian_agent.wire.names import Slug
from guardian_agent.wire.postures import (
    CROSS_ACCOUNT,
    PUBLIC_ACCESS_BLOCK,
    PUBLIC_BY_ACL,
    PUBLIC_BY_POLICY,
    TLS_ONLY,
)

BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_STRANGERS = {"AllUsers": "acl-all-users", "AuthenticatedUsers": "acl-authenticated-users"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A public access block: `on` are its parts that are known to hold."""

    setting: Setting
    on: frozenset[str] = frozenset()

    @property
    def ignores_acls(self) -> bool:
        """Whether it makes nothing of ACLs that let strangers in."""
        return "IgnorePublicAcls" in self.on

    @property
    def restricts_policies(self) -> bool:
        """Whether it makes nothing of policies that let strangers in."""
        return "RestrictPublicBuckets" in self.on


def access_block(client: Client | None) -> Block:
    """Say which of the bucket's four blocks hold; `items` counts those that do not."""
    return told_block(client, calls.ACCESS_BLOCK, PUBLIC_ACCESS_BLOCK)


def told_block(client: Client | None, call: Call, name: Slug) -> Block:
    """Ask for a block, the bucket's own or the account's."""
    reply = asked(client, call)
    if isinstance(reply, Lack):
        return Block(setting=reply.of(name))
    told = reply.fields.get("PublicAccessBlockConfiguration")
    if not isinstance(told, Mapping) or not told:
        return Block(setting=setting(name, Standing.FAILED, "empty-answer"))
    on = frozenset(each for each in BLOCKS if told.get(each) is True)
    return Block(setting=of_blocks(name, on), on=on)


def of_blocks(name: Slug, on: frozenset[str]) -> Setting:
    """Say how a block stands of which some parts hold."""
    off = len(BLOCKS) - len(on)
    standing = Standing.UNSAFE if off else Standing.SAFE
    return setting(name, standing, "some-off" if off else "all-on", off)


def by_acl(
    client: Client | None, kind: Kind, block: Block, known: frozenset[str]
) -> tuple[Setting, ...]:
    """Say whom the bucket's ACL lets in: strangers, and other accounts where there are any."""
    reply = asked(client, calls.ACL)
    if isinstance(reply, Lack):
        return (reply.of(PUBLIC_BY_ACL),)
    grantees = [_grantee(each) for each in reply.fields.get("Grants") or []]
    owner = str((reply.fields.get("Owner") or {}).get("ID", ""))
    others = {str(each.get("ID", "")) for each in grantees} - {"", owner} - known
    found = [_public_by_acl(grantees, kind, block, told=bool(grantees or owner))]
    if others and owner:
        found.append(setting(CROSS_ACCOUNT, Standing.UNSAFE, "acl-other-accounts", len(others)))
    return tuple(found)


def _grantee(grant: Mapping[str, Any]) -> Mapping[str, Any]:
    found = grant.get("Grantee")
    return found if isinstance(found, Mapping) else {}


def _public_by_acl(
    grantees: list[Mapping[str, Any]], kind: Kind, block: Block, *, told: bool
) -> Setting:
    groups = [str(each.get("URI", "")).rpartition("/")[2] for each in grantees]
    strangers = [each for each in groups if each in _STRANGERS]
    if strangers and block.ignores_acls:
        return setting(PUBLIC_BY_ACL, Standing.SAFE, "public-acls-ignored")
    if strangers:
        rule = _STRANGERS[min(strangers)]
        return setting(PUBLIC_BY_ACL, Standing.UNSAFE, rule, len(strangers))
    if not told:
        return setting(PUBLIC_BY_ACL, Standing.FAILED, "empty-answer")
    if kind in MEANT_ACLS:
        return setting(PUBLIC_BY_ACL, Standing.SAFE, "acl-private")
    rule = "dummy-answer" if kind in DUMMIES else "store-unknown"
    return setting(PUBLIC_BY_ACL, Standing.UNSUPPORTED, rule)


def by_policy(
    client: Client | None, bucket: str, block: Block, known: frozenset[str]
) -> tuple[Setting, ...]:
    """Say what the bucket's policy makes of strangers, of other accounts and of clear text."""
    reply = asked(client, calls.POLICY)
    if isinstance(reply, Lack):
        return _without_policy(reply)
    try:
        policy = parse_policy(str(reply.fields.get("Policy", "")))
    except DecodeError:
        names = (PUBLIC_BY_POLICY, TLS_ONLY, CROSS_ACCOUNT)
        return tuple(setting(each, Standing.FAILED, "policy-unreadable") for each in names)
    return (
        _public_by_policy(policy, bucket, block),
        _told(TLS_ONLY, tls_only(policy, bucket)),
        _told(CROSS_ACCOUNT, cross_account(policy, bucket, known)),
    )


def _without_policy(lack: Lack) -> tuple[Setting, ...]:
    """Where there is none it lets nobody in, and lets everything travel in clear."""
    names = (PUBLIC_BY_POLICY, CROSS_ACCOUNT)
    if lack.standing is Standing.NOT_SET:
        letting = [setting(each, Standing.SAFE, "no-policy") for each in names]
    else:
        letting = [lack.of(each) for each in names]
    return (*letting, lack.of(TLS_ONLY))


def _public_by_policy(policy: Policy, bucket: str, block: Block) -> Setting:
    ruling = public(policy, bucket)
    if ruling.standing is not Standing.SAFE and block.restricts_policies:
        return setting(PUBLIC_BY_POLICY, Standing.SAFE, "public-policy-restricted")
    return _told(PUBLIC_BY_POLICY, ruling)


def _told(name: Slug, ruling: Ruling) -> Setting:
    return setting(name, ruling.standing, ruling.rule, ruling.items)

"""The public access block of the whole account: what it forbids, no bucket of it can allow.

Only AWS has one. It is asked for by the account's number, so it says something of the bucket only
where the bucket is known to be of that account.
"""

from __future__ import annotations

from guardian_agent.exposure.buckets import calls
from guardian_agent.exposure.buckets.access import BLOCKS, Block, of_blocks, told_block
from guardian_agent.exposure.buckets.answers import Lack, asked, setting
from guardian_agent.exposure.buckets.kinds import Kind
from guardian_agent.exposure.buckets.port import Client, Ways
from guardian_agent.wire.facts.exposures import Setting, Standing
from guardian_agent.wire.names import Slug
from guardian_agent.wire.postures import ACCOUNT_ACCESS_BLOCK, PUBLIC_ACCESS_BLOCK

_TOLD = (Standing.UNSAFE, Standing.NOT_SET)


def account_block(ways: Ways, kind: Kind) -> Block:
    """Say which of the four blocks hold for the whole account; `items` counts the others."""
    if kind is not Kind.AWS:
        return Block(setting=setting(ACCOUNT_ACCESS_BLOCK, Standing.UNSUPPORTED, "store-has-none"))
    if ways.account is None:
        return told_block(None, calls.ACCOUNT_BLOCK, ACCOUNT_ACCESS_BLOCK)
    lack = _not_proven(ways.account.number, ways.owner)
    if lack is not None:
        return Block(setting=lack.of(ACCOUNT_ACCESS_BLOCK))
    return told_block(ways.account.client, calls.ACCOUNT_BLOCK, ACCOUNT_ACCESS_BLOCK)


def _not_proven(account: str, owner: Client | None) -> Lack | None:
    """Say why the bucket may not be that account's: who expects another owner is refused."""
    if not isinstance(asked(owner, calls.HEAD_BUCKET, ExpectedBucketOwner=account), Lack):
        return None
    anyhow = asked(owner, calls.HEAD_BUCKET)
    if isinstance(anyhow, Lack):
        return anyhow
    return Lack(standing=Standing.FAILED, rule=Slug("owner-not-proven"))


def together(own: Block, account: Block) -> Block:
    """Return what holds for a bucket: what either of both forbids is forbidden."""
    on = own.on | account.on
    return Block(setting=_setting(own.setting, account, on), on=on)


def _setting(own: Setting, account: Block, on: frozenset[str]) -> Setting:
    if own.standing is Standing.SAFE or not account.on:
        return own
    if len(on) == len(BLOCKS):
        return setting(PUBLIC_ACCESS_BLOCK, Standing.SAFE, "held-by-account")
    return of_blocks(PUBLIC_ACCESS_BLOCK, on) if own.standing in _TOLD else own

"""Does a policy refuse whatever does not come over TLS?

It does where everything that touches an object or lists them is denied, to everybody, on the
bucket and on all that is in it, with no other condition than that the request came without TLS.
One statement may do it, or several together.
"""

from __future__ import annotations

from guardian_agent.exposure.buckets.policy.document import Condition, Policy, Statement
from guardian_agent.exposure.buckets.policy.ruling import Ruling, safe, unclear, unsafe
from guardian_agent.exposure.buckets.policy.scope import (
    Target,
    about_everyone,
    covers_target,
    denials,
    objects_of,
)

_KEY = "aws:securetransport"
_VERSION = "s3:tlsversion"

_ON_OBJECTS = (
    "s3:abortmultipartupload",
    "s3:bypassgovernanceretention",
    "s3:deleteobject",
    "s3:deleteobjecttagging",
    "s3:deleteobjectversion",
    "s3:deleteobjectversiontagging",
    "s3:getobject",
    "s3:getobjectacl",
    "s3:getobjectattributes",
    "s3:getobjectlegalhold",
    "s3:getobjectretention",
    "s3:getobjecttagging",
    "s3:getobjecttorrent",
    "s3:getobjectversion",
    "s3:getobjectversionacl",
    "s3:getobjectversionattributes",
    "s3:getobjectversionforreplication",
    "s3:getobjectversiontagging",
    "s3:listmultipartuploadparts",
    "s3:putobject",
    "s3:putobjectacl",
    "s3:putobjectlegalhold",
    "s3:putobjectretention",
    "s3:putobjecttagging",
    "s3:putobjectversionacl",
    "s3:putobjectversiontagging",
    "s3:restoreobject",
)
_ON_BUCKET = ("s3:listbucket", "s3:listbucketmultipartuploads", "s3:listbucketversions")


def tls_only(policy: Policy, bucket: str) -> Ruling:
    """Say whether nothing in the bucket travels in clear."""
    certain: list[Statement] = []
    possible: list[Statement] = []
    for each in denials(policy):
        if about_everyone(each) and all(_holds(c) is not False for c in each.conditions):
            possible.append(each)
            if all(_holds(c) for c in each.conditions):
                certain.append(each)
    if _all_denied(certain, bucket):
        return safe("plain-http-denied")
    if _all_denied(possible, bucket):
        return unclear("condition-not-understood")
    return unsafe("tls-rule-incomplete" if _mentioned(policy) else "no-tls-rule")


def _all_denied(statements: list[Statement], bucket: str) -> bool:
    targets = [Target(action=each, thing=objects_of(bucket)) for each in _ON_OBJECTS]
    targets += [Target(action=each, thing=bucket) for each in _ON_BUCKET]
    return all(any(covers_target(each, target) for each in statements) for target in targets)


def _mentioned(policy: Policy) -> bool:
    return any(c.key == _KEY for each in denials(policy) for c in each.conditions)


def _holds(condition: Condition) -> bool | None:
    """Say whether a condition holds for everything that comes without TLS; None: not understood.

    The key is in every request and has one value, so that suffix and prefixes change nothing.
    """
    if condition.key == _VERSION:
        # Without TLS there is no version; whether that counts as old is nowhere written.
        return None if condition.if_exists or condition.operator == "null" else False
    if condition.key != _KEY:
        return False
    if condition.operator != "bool":
        return None
    values = [each.lower() for each in condition.values]
    if not all(each in ("true", "false") for each in values):
        return None
    return "false" in values

"""Which conditions a stranger can meet, and which he cannot avoid.

A stranger comes from anywhere on the internet, over TLS or not as he likes, with whatever headers
he likes, anonymously or with an account of his own; he is none of those that a policy can name by
a fixed value. What "public" means is AWS's ("The meaning of 'public'" in "Blocking public access").
"""

from __future__ import annotations

import ipaddress
from enum import Enum

from guardian_agent.exposure.buckets.policy.document import Condition

_WIDEST_PREFIX = {4: 8, 6: 32}
"""A wider range of addresses is everybody; AWS draws the line there."""
_PRIVATE_4 = tuple(
    ipaddress.IPv4Network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
)
_PRIVATE_6 = ipaddress.IPv6Network("fc00::/7")


class Hold(Enum):
    """Whether a condition can be true of a stranger's request."""

    NEVER = "never"
    SOMETIMES = "sometimes"
    ALWAYS = "always"
    UNKNOWN = "unknown"


_IDENTITY = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalservicename",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "aws:username",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    }
)
"""Say who asks, or on whose way; absent from an anonymous request that comes over the internet."""
_ALWAYS_THERE = frozenset({"aws:userid"})
_CHOSEN = (
    "aws:multifactorauth",
    "aws:principaltag/",
    "aws:principaltype",
    "aws:referer",
    "aws:requesttag/",
    "aws:securetransport",
    "aws:tagkeys",
    "aws:tokenissuetime",
    "aws:useragent",
    "s3:authtype",
    "s3:delimiter",
    "s3:existingobjecttag/",
    "s3:max-keys",
    "s3:prefix",
    "s3:requestobjecttag",
    "s3:signature",
    "s3:tlsversion",
    "s3:versionid",
    "s3:x-amz-",
)
"""How these begin: what the asker sends or sets in an account of his own, or what is true of one
object and not of another."""
_ADDRESS = frozenset({"aws:sourceip"})
_PRIVATE_ADDRESS = frozenset({"aws:vpcsourceip"})
_BY_SERVICE = frozenset({"aws:principalisawsservice", "aws:viaawsservice"})
_NEGATED = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
    "notipaddress": "ipaddress",
}
_WITH_WILDCARDS = frozenset({"stringlike", "arnlike", "arnequals"})
_POSITIVE = frozenset(_NEGATED.values())


def holds(condition: Condition) -> Hold:
    """Say whether a condition can be true of a stranger, and whether it must."""
    if condition.operator == "null":
        return Hold.SOMETIMES
    if condition.key in _IDENTITY:
        return _of_identity(condition)
    if condition.key in _ADDRESS:
        return _of_address(condition)
    if condition.key in _PRIVATE_ADDRESS:
        return Hold.SOMETIMES if condition.if_exists else _within_private_network(condition)
    if condition.key in _BY_SERVICE:
        return _by_service(condition)
    if condition.key.startswith(_CHOSEN):
        return Hold.SOMETIMES if condition.values else Hold.UNKNOWN
    return Hold.UNKNOWN


def _of_identity(condition: Condition) -> Hold:
    positive = _NEGATED.get(condition.operator, condition.operator)
    if positive not in _POSITIVE or positive == "ipaddress" or not condition.values:
        return Hold.UNKNOWN
    if any("${" in each for each in condition.values):
        return Hold.UNKNOWN
    wild = positive in _WITH_WILDCARDS and any(
        _open(condition.key, each) for each in condition.values
    )
    if positive != condition.operator:
        return _is_not(condition, wild=wild)
    return Hold.SOMETIMES if wild or _absence_holds(condition) else Hold.NEVER


def _is_not(condition: Condition, *, wild: bool) -> Hold:
    """He is none of those named, and where nothing is said of him the condition holds, too."""
    if condition.quantifier == "foranyvalue" or wild:
        return Hold.SOMETIMES
    return Hold.ALWAYS


def _absence_holds(condition: Condition) -> bool:
    """Say whether a condition is true of requests without its key."""
    told = condition.if_exists or condition.quantifier == "forallvalues"
    return told and condition.key not in _ALWAYS_THERE


def _open(key: str, value: str) -> bool:
    """Say whether somebody unknown has a value like this one."""
    if "*" not in value and "?" not in value:
        return False
    if key == "aws:userid":
        # A role's id comes first, then its sessions' names: `AROAEXAMPLE:*` is one role.
        return _wild(value.split(":", 1)[0])
    if value.startswith("arn:") and value.count(":") >= _ARN_COLONS:
        account = value.split(":")[_ARN_ACCOUNT]
        return not account or _wild(account)
    if key.endswith("orgpaths"):
        return _wild(value.split("/", 1)[0])
    return True


_ARN_COLONS = 5
_ARN_ACCOUNT = 4


def _wild(text: str) -> bool:
    return "*" in text or "?" in text


def _of_address(condition: Condition) -> Hold:
    try:
        ranges = [ipaddress.ip_network(each, strict=False) for each in condition.values]
    except ValueError:
        return Hold.UNKNOWN
    if not ranges or condition.operator not in ("ipaddress", "notipaddress"):
        return Hold.UNKNOWN
    wide = any(_is_everybody(each) for each in ranges)
    if condition.operator == "notipaddress":
        return _is_not(condition, wild=wide)
    # Whoever comes through a VPC endpoint, his own for one, has no such address.
    return Hold.SOMETIMES if wide or _absence_holds(condition) else Hold.NEVER


def _is_everybody(addresses: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    if isinstance(addresses, ipaddress.IPv6Network):
        private = addresses.subnet_of(_PRIVATE_6)
    else:
        private = any(addresses.subnet_of(each) for each in _PRIVATE_4)
    return not private and addresses.prefixlen < _WIDEST_PREFIX[addresses.version]


def _within_private_network(condition: Condition) -> Hold:
    """No address in a private network is a stranger's: who comes over the internet has none."""
    if condition.operator == "ipaddress":
        return Hold.NEVER
    return Hold.ALWAYS if condition.operator == "notipaddress" else Hold.UNKNOWN


def _by_service(condition: Condition) -> Hold:
    """A stranger is no service of AWS's, and none asks for him."""
    values = {each.lower() for each in condition.values}
    if condition.operator != "bool" or len(values) != 1 or not values <= {"true", "false"}:
        return Hold.UNKNOWN
    if condition.if_exists or condition.quantifier:
        return Hold.SOMETIMES
    return Hold.NEVER if values == {"true"} else Hold.SOMETIMES

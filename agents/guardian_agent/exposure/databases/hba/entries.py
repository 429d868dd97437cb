"""One entry of PostgreSQL's list of who is let in, and which entries never come to their turn.

The first entry that fits a connection decides, whatever it asks for. Source: "The pg_hba.conf File"
in PostgreSQL's documentation.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

LOCAL = "local"
KINDS = frozenset({LOCAL, "host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc"})
_ANY = "all"
_NETWORK_KINDS = KINDS - {LOCAL}
_WITHOUT_TLS = frozenset({"host", "hostnossl", "hostnogssenc"})
_HERE = frozenset({"localhost", "samehost"})
_WIDE = 8
"""A network with a shorter prefix holds a good part of the Internet."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


_KEYWORDS = frozenset({_ANY, "sameuser", "samerole", "samegroup", "replication"})
_SIGNS = ("+", "/", "@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One name of an entry."""

    text: str
    quoted: bool = False
    """It is a name, though without quotes it would mean something else."""

    def is_any(self) -> bool:
        """Say whether it stands for all there are."""
        return self.text == _ANY and not self.quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line: whom it is for, and what they must prove."""

    kind: str
    databases: tuple[Word, ...]
    users: tuple[Word, ...]
    method: str
    address: str | None = None
    """A host name, `samehost`, `samenet` or `all`, where it is no network."""
    network: Network | None = None
    options: Mapping[str, str] = field(default_factory=dict)

    def is_remote(self) -> bool:
        """Say whether it is for connections from other machines."""
        if self.kind == LOCAL or self.address in _HERE:
            return False
        return self.network is None or not self.network.is_loopback

    def lets_in(self) -> bool:
        """Say whether anybody comes in by it."""
        return self.method != "reject"

    def is_for_anyone(self) -> bool:
        """Say whether its addresses are all there are, or near enough."""
        if self.kind == LOCAL:
            return False
        return self.address == _ANY or (
            self.network is not None and self.network.prefixlen < _WIDE and self.is_remote()
        )


def named(text: str) -> Word:
    """Return a word that is a name, whatever it looks like."""
    return Word(text=text, quoted=text in _KEYWORDS or text.startswith(_SIGNS))


def without_tls(entry: Entry) -> Entry | None:
    """Return the part of an entry that fits connections without TLS; None without such a part."""
    return replace(entry, kind="hostnossl") if entry.kind in _WITHOUT_TLS else None


def decides(entry: Entry, before: Sequence[Entry]) -> bool:
    """Say whether any connection comes to an entry: no single one before it takes them all."""
    return not any(_covers(other, entry) for other in before)


def _covers(one: Entry, other: Entry) -> bool:
    same = one.kind == other.kind
    kinds = same or (one.kind == "host" and other.kind in _NETWORK_KINDS)
    return (
        kinds
        and _covers_names(one.databases, other.databases, keywords={"replication"})
        and _covers_names(one.users, other.users, keywords=set())
        and (one.kind == LOCAL or _covers_place(one, other))
    )


def _covers_names(one: Sequence[Word], other: Sequence[Word], keywords: set[str]) -> bool:
    """`all` is every name but that of replication."""
    if any(word.is_any() for word in one):
        return not any(word.text in keywords and not word.quoted for word in other)
    return all(word in one and not word.is_any() for word in other)


def _covers_place(one: Entry, other: Entry) -> bool:
    if one.address is not None or other.address is not None:
        return one.address in (_ANY, other.address) and one.address is not None
    return _is_within(other.network, one.network)


def _is_within(inner: Network | None, outer: Network | None) -> bool:
    if isinstance(inner, ipaddress.IPv4Network) and isinstance(outer, ipaddress.IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(inner, ipaddress.IPv6Network) and isinstance(outer, ipaddress.IPv6Network):
        return inner.subnet_of(outer)
    return False


def network_of(address: str, mask: str | None = None) -> Network | None:
    """Return the network that an address names; None where it is a name."""
    text = address if mask is None else f"{address}/{_prefix(mask)}"
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _prefix(mask: str) -> str:
    """Return a mask as the length of its prefix, as IPv6 has no other form in Python."""
    try:
        bits = f"{int(ipaddress.IPv6Address(mask)):0128b}"
    except ValueError:
        return mask
    ones = bits.rstrip("0")
    return mask if "0" in ones else str(len(ones))

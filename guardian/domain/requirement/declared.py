"""What only a person can say, with a name, a date and an end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from guardian.domain.words import FAR

WORD_LASTS = timedelta(days=366)
"""Insurers ask once a year: a word is no answer to the next year's questions."""


class Protects(StrEnum):
    """Where means of encryption stand between data and others."""

    AT_REST = "at-rest"
    IN_TRANSIT = "in-transit"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifiedMeans:
    """Means of encryption with a state's certificate, as the operator names them.

    No agent can see a certificate, so this is a person's word, and ends with its date.
    """

    name: str
    certificate: str
    """Its number, as the certificate has it."""
    valid_until: date
    """The last day on which it is valid (UTC)."""
    owner: str
    """Whose word it is."""
    protects: tuple[Protects, ...] = (Protects.AT_REST,)
    servers: tuple[str, ...] = ()
    """Which servers use it; none named: all of the client's."""

    @property
    def ends_at(self) -> datetime:
        """Return the moment from which it is valid no more."""
        try:
            return datetime.combine(self.valid_until + timedelta(days=1), time(), UTC)
        except OverflowError:
            return FAR

    def covers(self, server: str, protects: Protects) -> bool:
        """Say whether it stands before a server's data, valid or not."""
        return protects in self.protects and (not self.servers or server in self.servers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested:
    """A person's yes to a question that no agent can answer."""

    question: str
    statement: str
    owner: str
    said_on: date

    def holds(self, now: datetime) -> bool:
        """Say whether it was said in the year before `now`; what lies ahead was not said yet."""
        return timedelta() <= now.date() - self.said_on <= WORD_LASTS

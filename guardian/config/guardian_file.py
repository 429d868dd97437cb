"""guardian.toml: text to settings of central itself; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from guardian.config.addresses import address, central_url, loopback
from guardian.config.schema import GuardianFile
from guardian.config.settings import Address
from guardian.config.toml import decode
from guardian.config.words import display_name
from guardian.errors import ConfigError

SHORTEST_JUDGING = timedelta(seconds=1)
LONGEST_JUDGING = timedelta(hours=1)
SHORTEST_WITNESSING = timedelta(minutes=1)
LONGEST_WITNESSING = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class CentralSettings:
    """What guardian.toml says."""

    provider_name: str
    store_dir: Path
    listen: Address
    operator: Address
    url: str
    judging_interval: timedelta
    witness_interval: timedelta


def parse_guardian(text: str, where: str, base: Path) -> CentralSettings:
    """Decode guardian.toml.

    Args:
        text: the file.
        where: its name, for messages.
        base: the folder that a relative store folder starts from.

    Raises:
        ConfigError: with the file, the place in it, and what was expected.
    """
    file = decode(GuardianFile, text, where)
    listen = address(file.listen.address, f"{where}: at $.listen.address")
    url = file.central.url or f"https://{listen}"
    return CentralSettings(
        provider_name=display_name(file.provider.name, f"{where}: at $.provider.name"),
        store_dir=base / file.store.dir,
        listen=listen,
        operator=loopback(file.operator.address, f"{where}: at $.operator.address"),
        url=central_url(url, f"{where}: at $.central.url"),
        judging_interval=_judging(file.judging.interval, f"{where}: at $.judging.interval"),
        witness_interval=_witnessing(file.witness.interval, f"{where}: at $.witness.interval"),
    )


def _judging(interval: timedelta, where: str) -> timedelta:
    if not SHORTEST_JUDGING <= interval <= LONGEST_JUDGING:
        raise ConfigError(f'{where}: expected a duration from "1s" to "1h"')
    return interval


def _witnessing(interval: timedelta, where: str) -> timedelta:
    if not SHORTEST_WITNESSING <= interval <= LONGEST_WITNESSING:
        raise ConfigError(f'{where}: expected a duration from "1m" to "7d"')
    return interval

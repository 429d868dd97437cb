"""guardian.toml and clients.d/*.toml: what must exist, and what was agreed."""

from guardian.config.load import load_config
from guardian.config.settings import (
    Address,
    BackupSet,
    Client,
    Decision,
    Language,
    Server,
    Settings,
    WitnessTable,
)

__all__ = [
    "Address",
    "BackupSet",
    "Client",
    "Decision",
    "Language",
    "Server",
    "Settings",
    "WitnessTable",
    "load_config",
]

"""Configurations that tests start from."""

from __future__ import annotations

from pathlib import Path

from guardian.config import Settings, load_config

GUARDIAN = """
[provider]
name = "Provider Ltd"
[store]
dir = "store"
"""

ACME = """
[client]
id = "acme"
name = "ACME GmbH"
timezone = "Europe/Berlin"

[policy."backup.fresh"]
max_age = "26h"
severity = "warning"

[[server]]
id = "web1"
interval = "30m"
exposures = ["exports"]
  [server.policy."backup.fresh"]
  max_age = "12h"
  [[server.exempt]]
  control = "agent.clock"
  reason = "Clock is replaced in May"
  owner = "ops@provider.example"
  expires = 2026-12-31
  [[server.backup_set]]
  name = "files"
  copies = ["local", "offsite"]
    [server.backup_set.policy."backup.fresh"]
    max_age = "2h"
    [[server.backup_set.exempt]]
    control = "backup.encrypted"
    copy = "local"
    reason = "Disk is encrypted"
    owner = "Eve"
    expires = 2027-01-31
  [[server.backup_set]]
  name = "orders"
  copies = ["local"]
"""

TINY = """
[client]
id = "{id}"
name = "{name}"
[[server]]
id = "web1"
"""


def write(folder: Path, guardian: str = GUARDIAN, **clients: str) -> Path:
    """Write guardian.toml and one file per client; return the first."""
    (folder / "clients.d").mkdir(parents=True, exist_ok=True)
    for name, text in clients.items():
        (folder / "clients.d" / f"{name}.toml").write_text(text, encoding="utf-8")
    path = folder / "guardian.toml"
    path.write_text(guardian, encoding="utf-8")
    return path


def load(folder: Path, guardian: str = GUARDIAN, **clients: str) -> Settings:
    """Write the files and read them."""
    return load_config(write(folder, guardian, **clients))

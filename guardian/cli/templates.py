"""The configuration that `guardian init` writes: short, commented, and valid as it stands."""

from __future__ import annotations

import json
from ipaddress import ip_address
from urllib.parse import urlsplit

GUARDIAN = """\
# Central's own settings. Clients stand in clients.d/, one file each; check both with
# `guardian config check`. All keys: docs/reference/configuration.md.

# As reports show it.
[provider]
name = {name}

# Database, signing key, certificate: back this folder up, and keep it private.
[store]
dir = {store}

# Where agents deliver, over TLS.
[listen]
address = {listen}

# Metrics over plain HTTP: they stay on this machine.
[operator]
address = "127.0.0.1:9464"

# What tokens tell agents: https://host:port or file:///folder.
[central]
url = {url}
"""

EXAMPLE = """\
# A client. Copy this file to clients.d/<id>.toml and change it; `guardian config check` says
# whether it can be used, `guardian config explain` what applies where.

[client]
id = "acme"                # in labels and commands: a-z 0-9 . _ -
name = "ACME GmbH"         # as reports show it
timezone = "Europe/Berlin"

[policy."backup.fresh"]    # for all servers of this client
max_age = "26h"
# schedule = "30 2 * * *"  # or when runs are expected: cron, or systemd ("Mon..Fri 02:30")

# What is judged where it was agreed:
# [policy."backup.retention"]
# daily = 7                # the last seven days have a restore point each,
# monthly = 12             # and the last twelve months
# [policy."backup.size"]
# watch = true             # for what is unusual: ransomware, mass deletion
# [policy."backup.copies"]
# copies = 2               # of each backup set, beside the live data
# offsite = 1

[[server]]
id = "web1"
interval = "1h"            # how often its agent speaks
exposures = ["exports"]    # places where client data must not be readable; agent.toml names them
# volumes = ["srv"]        # must be encrypted; `databases` and `buckets` are agreed on alike
# usually_on = false       # a laptop: the time counts in which it speaks
# state = "parked"         # not in use, with `since`, `until`, `reason` and `owner`
# custody_of = "globex"    # on a server of your own: whose data you hold there,
# gone_by = 2027-06-30     # and the first day on which it must not be there any more

  [[server.backup_set]]
  name = "files"           # agent.toml uses the same names
  copies = ["local"]

    [server.backup_set.policy."backup.fresh"]
    max_age = "2h"         # stricter for this set

    # [server.backup_set.copy.local]
    # place = "office"     # where it lies, by your own names; `media`, `offsite`

  # A risk that somebody accepted needs a reason, an owner and an end:
  # [[server.exempt]]
  # control = "data.encrypted"
  # reason = "The disk is replaced in May"
  # owner = "ops@provider.example"
  # expires = 2027-06-01
"""


def guardian_toml(name: str, store: str, url: str) -> str:
    """Return guardian.toml."""
    return GUARDIAN.format(
        name=_quoted(name), store=_quoted(store), url=_quoted(url), listen=_quoted(_listen(url))
    )


def _quoted(text: str) -> str:
    """Return a TOML basic string; JSON's escapes are among TOML's, but for DEL and surrogates."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _listen(url: str) -> str:
    """Return where agents of this URL must be waited for: on all addresses but for a local one."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 8443)
    return f"{_address(parts.hostname)}:{port}"


def _address(host: str | None) -> str:
    if host in (None, "localhost"):
        return "127.0.0.1"
    try:
        found = ip_address(host)
    except ValueError:
        return "0.0.0.0"  # noqa: S104 - agents come from outside, over TLS with a pinned key
    if not found.is_loopback:
        return "0.0.0.0"  # noqa: S104 - the same
    return f"[{found}]" if ":" in str(found) else str(found)

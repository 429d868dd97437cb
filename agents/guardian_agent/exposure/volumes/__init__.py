"""What every mount with client data lies on, down to the disk: encrypted or not.

A posture of subject `volume` has these settings (see `guardian_agent.wire.postures`); each stands
once for every rule, `items` saying of how many mounts, areas or keys that is true:

| setting | says | control |
|---|---|---|
| `volume-encrypted` | what each mount at and below the paths lies on | `data.encrypted` |
| `volume-cipher` | whether the encrypting devices really encrypt; none crossed: not there | same |
| `swap-encrypted` | what each swap area lies on | same |
| `hibernation-encrypted` | what the device lies on that the machine wakes up from | same |
| `temporary-encrypted` | what `/tmp` and `/var/tmp` lie on | same |
| `key-on-plain-volume` | whether their key files lie on plain disks; else it is not there | same |
| `plain-view` | whether a decrypted view is mounted for everybody | `data.exposed` |
| `share-encrypted` | whether network mounts travel encrypted; without one it is not there | same |

What a drive, a hypervisor or a storage vendor encrypts by itself is not to be seen from here: such
a disk is a plain one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guardian_agent.config import Volume
    from guardian_agent.system import System
    from guardian_agent.wire.facts.exposures import Posture


def observe(volume: Volume, system: System) -> Posture:
    """Look at the mounts of one configured place, and at swap and hibernation.

    What a Windows server exported is as old as its file, and so is what is said of it.

    Raises:
        ProbeError: the machine's own tables cannot be read.
    """
    # What else lives here looks at one mount for copies, in every pass of every server.
    from guardian_agent.exposure.volumes import look  # noqa: PLC0415

    return look.observe(volume, system)

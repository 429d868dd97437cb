"""Passwords that a tool's own source or manual names: the closed list.

To this list, and to nothing that is guessed, belongs what anybody can look up.
"""

from __future__ import annotations

VELERO = (b"static-passw0rd",)
"""Velero's constant for the restic and kopia repositories that it makes (velero#1053, #8137)."""

EXCEL = (b"VelvetSweatshop",)
"""What Excel tries by itself before it asks: with it a workbook opens for everybody (MS-OFFCRYPTO,
and CVE-2012-0158's workbooks)."""

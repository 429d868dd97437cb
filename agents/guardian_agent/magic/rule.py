"""What a rule is, and where it starts to look."""

from __future__ import annotations

from collections.abc import Callable

from guardian_agent.magic.answer import Classified
from guardian_agent.magic.data import Data

Rule = Callable[[Data], Classified | None]
"""Answers for one format; None when the data is not of it."""

Starting = tuple[Rule, tuple[bytes, ...]]
"""A rule, and what its data starts with: rules are looked up by their first byte."""

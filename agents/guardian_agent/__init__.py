"""Guardian's agent: it states facts about backups, and never an opinion."""

__version__ = "0.1.0"

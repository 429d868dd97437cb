"""The way in through a folder that both sides see: a mount, a removable disk, the same machine.

inbox/<key id>/<epoch>-<number>.dsse      statements, written by agents
enrol/<hash of the token's secret>.json   enrolment requests, written by agents
outbox/<key id>/<epoch>-<number>.receipt  receipts, written by central
outbox/enrol/<hash>.json                  grants, written by central
refused/                                  what was not accepted, under names that central makes
"""

from guardian.sources.drop_folder.draining import Drained, drain

__all__ = ["Drained", "drain"]

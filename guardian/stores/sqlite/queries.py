"""Every query of the store, as a literal: nothing is ever pasted into SQL."""

from __future__ import annotations

EPOCH = "SELECT epoch FROM writer"
NEXT_EPOCH = "UPDATE writer SET epoch = epoch + 1"

KEYS = """
SELECT key_id, public_key, client, server, epoch, enrolled_at, revoked_at, frozen_at,
  frozen_because
FROM keys ORDER BY client, server, epoch
"""
KEY = """
SELECT key_id, public_key, client, server, epoch, enrolled_at, revoked_at, frozen_at,
  frozen_because
FROM keys WHERE key_id = ?
"""
KEYS_OF = """
SELECT key_id, public_key, client, server, epoch, enrolled_at, revoked_at, frozen_at,
  frozen_because
FROM keys WHERE client = ? AND server = ? ORDER BY epoch
"""
PUT_KEY = """
INSERT INTO keys (key_id, public_key, client, server, epoch, enrolled_at, revoked_at, frozen_at,
  frozen_because)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (key_id) DO UPDATE SET revoked_at = excluded.revoked_at,
  frozen_at = excluded.frozen_at, frozen_because = excluded.frozen_because
"""

INVITATIONS = """
SELECT token_hash, client, server, created_at, expires_at, used_at
FROM tokens ORDER BY created_at, token_hash
"""
INVITATION = """
SELECT token_hash, client, server, created_at, expires_at, used_at
FROM tokens WHERE token_hash = ?
"""
PUT_INVITATION = """
INSERT OR REPLACE INTO tokens (token_hash, client, server, created_at, expires_at, used_at)
VALUES (?, ?, ?, ?, ?, ?)
"""

STREAM = "SELECT number, payload_hash, received_at FROM streams WHERE key_id = ? AND epoch = ?"
MOVE_STREAM = """
INSERT INTO streams (key_id, epoch, number, payload_hash, received_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (key_id, epoch) DO UPDATE SET number = excluded.number,
  payload_hash = excluded.payload_hash, received_at = excluded.received_at
WHERE excluded.number > streams.number
"""

STATEMENTS = """
SELECT key_id, epoch, number, payload_hash, received_at, envelope, receipt
FROM statements WHERE key_id = ? ORDER BY epoch, number
"""
STATEMENT = """
SELECT key_id, epoch, number, payload_hash, received_at, envelope, receipt
FROM statements WHERE key_id = ? AND epoch = ? AND number = ?
"""
PUT_STATEMENT = """
INSERT INTO statements (key_id, epoch, number, payload_hash, received_at, envelope, receipt)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""

EVIDENCE = """
SELECT body, checkpoints, digest, revision, client, server FROM evidence
WHERE client = ? AND server = ?
"""
CHANGED_EVIDENCE = """
SELECT body, checkpoints, digest, revision, client, server FROM evidence
WHERE revision > ? ORDER BY revision
"""
PUT_EVIDENCE = """
INSERT OR REPLACE INTO evidence (client, server, revision, body, checkpoints, digest)
VALUES (?, ?, (SELECT coalesce(max(revision), 0) + 1 FROM evidence), ?, ?, ?)
"""

LOG = """
SELECT position, kind, at, actor, digest, detail FROM log WHERE client = ? ORDER BY position
"""
LEAF = """
SELECT position, kind, at, actor, digest, detail FROM log WHERE client = ? AND position = ?
"""
PUT_LEAF = """
INSERT INTO log (client, position, kind, at, actor, digest, detail) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
TREE = "SELECT size, frontier FROM trees WHERE client = ?"
PUT_TREE = "INSERT OR REPLACE INTO trees (client, size, frontier) VALUES (?, ?, ?)"

FINDINGS = """
SELECT body, digest, client, server, control FROM findings
ORDER BY client, server, backup_set, copy, control
"""
FINDING = """
SELECT body, digest FROM findings
WHERE client = ? AND server = ? AND backup_set = ? AND copy = ? AND control = ?
"""
PUT_FINDING = """
INSERT OR REPLACE INTO findings (client, server, backup_set, copy, control, body, digest)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""
DROP_FINDING = """
DELETE FROM findings
WHERE client = ? AND server = ? AND backup_set = ? AND copy = ? AND control = ?
"""

PUT_CHANGE = """
INSERT INTO changes (client, server, backup_set, copy, control, at, status, reason)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
HISTORY = """
WITH before AS (
  SELECT *, row_number() OVER (
    PARTITION BY server, backup_set, copy, control ORDER BY at DESC, id DESC
  ) AS age
  FROM changes WHERE client = ?1 AND at < ?2
)
SELECT client, server, backup_set, copy, control, at, status, reason, id FROM before WHERE age = 1
UNION ALL
SELECT client, server, backup_set, copy, control, at, status, reason, id
FROM changes WHERE client = ?1 AND at >= ?2 AND at < ?3
ORDER BY at, id
"""

COUNT = """
INSERT INTO results (result, total) VALUES (?, 1)
ON CONFLICT (result) DO UPDATE SET total = total + 1
"""
RESULTS = "SELECT result, total FROM results ORDER BY result"

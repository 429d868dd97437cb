-- Times are UTC text of one width ("2026-11-21T12:00:00.000000Z"), so they sort as text.
-- Bodies are the JSON of one dataclass with its SHA-256 beside it: a flipped bit is found on reading.

CREATE TABLE writer (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  epoch INTEGER NOT NULL
) STRICT;
INSERT INTO writer VALUES (1, 0);

CREATE TABLE keys (
  key_id TEXT PRIMARY KEY,
  public_key BLOB NOT NULL CHECK (length(public_key) = 32),
  client TEXT NOT NULL,
  server TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  enrolled_at TEXT NOT NULL,
  revoked_at TEXT,
  frozen_at TEXT,
  frozen_because TEXT,
  UNIQUE (client, server, epoch)
) STRICT;

CREATE TABLE tokens (
  token_hash TEXT PRIMARY KEY,
  client TEXT NOT NULL,
  server TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  used_at TEXT
) STRICT;

CREATE TABLE streams (
  key_id TEXT NOT NULL REFERENCES keys (key_id),
  epoch INTEGER NOT NULL,
  number INTEGER NOT NULL,
  payload_hash TEXT NOT NULL,
  received_at TEXT NOT NULL,
  PRIMARY KEY (key_id, epoch)
) STRICT;

CREATE TABLE statements (
  key_id TEXT NOT NULL REFERENCES keys (key_id),
  epoch INTEGER NOT NULL,
  number INTEGER NOT NULL,
  payload_hash TEXT NOT NULL,
  received_at TEXT NOT NULL,
  envelope BLOB NOT NULL,
  receipt BLOB NOT NULL,
  PRIMARY KEY (key_id, epoch, number)
) STRICT;

-- The checkpoints that receipts carried are most of an agent's evidence, and all alike: 48 bytes
-- each (tree size, root, Unix microseconds) beside the body, under the same digest.
CREATE TABLE evidence (
  client TEXT NOT NULL,
  server TEXT NOT NULL,
  revision INTEGER NOT NULL UNIQUE,
  body TEXT NOT NULL,
  checkpoints BLOB NOT NULL CHECK (length(checkpoints) % 48 = 0),
  digest TEXT NOT NULL,
  PRIMARY KEY (client, server)
) STRICT;

CREATE TABLE log (
  client TEXT NOT NULL,
  position INTEGER NOT NULL,
  kind TEXT NOT NULL,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  digest TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (client, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE trees (
  client TEXT PRIMARY KEY,
  size INTEGER NOT NULL,
  frontier BLOB NOT NULL CHECK (length(frontier) % 32 = 0)
) STRICT;

-- What a finding is about: '' stands for "no backup set", "no copy".
CREATE TABLE findings (
  client TEXT NOT NULL,
  server TEXT NOT NULL,
  backup_set TEXT NOT NULL,
  copy TEXT NOT NULL,
  control TEXT NOT NULL,
  body TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (client, server, backup_set, copy, control)
) STRICT;

CREATE TABLE changes (
  id INTEGER PRIMARY KEY,
  client TEXT NOT NULL,
  server TEXT NOT NULL,
  backup_set TEXT NOT NULL,
  copy TEXT NOT NULL,
  control TEXT NOT NULL,
  at TEXT NOT NULL,
  status TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX changes_of_client ON changes (client, at);
CREATE INDEX changes_of_finding ON changes (client, server, backup_set, copy, control, at);

CREATE TABLE results (
  result TEXT PRIMARY KEY,
  total INTEGER NOT NULL
) STRICT;

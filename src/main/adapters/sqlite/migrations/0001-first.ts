/** Migrations import nothing and are never changed once released: what they made is on people's disks. */
export const first = `
CREATE TABLE station (
  id INTEGER PRIMARY KEY,
  ulid TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  own INTEGER NOT NULL CHECK (own IN (0, 1)),
  created_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX station_own ON station (own) WHERE own = 1;

-- Who wrote a segment: a station under one lease epoch, by a small number.
CREATE TABLE writer (
  id INTEGER PRIMARY KEY,
  station_id INTEGER NOT NULL REFERENCES station (id),
  epoch INTEGER NOT NULL,
  UNIQUE (station_id, epoch)
) STRICT;

CREATE TABLE camera (
  id TEXT PRIMARY KEY,
  number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 9999),
  name TEXT NOT NULL,
  grp TEXT,
  folder TEXT NOT NULL UNIQUE,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  username TEXT,
  sealed_password BLOB,
  created_ms INTEGER NOT NULL,
  removed_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX camera_number ON camera (number) WHERE removed_ms IS NULL;

CREATE TABLE stream (
  id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id BETWEEN 1 AND 2147483647),
  camera_id TEXT NOT NULL REFERENCES camera (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('main', 'sub')),
  url TEXT NOT NULL,
  transport TEXT NOT NULL,
  record INTEGER NOT NULL CHECK (record IN (0, 1)),
  -- 0: taken out of the camera; the row stays for the video it has.
  used INTEGER NOT NULL CHECK (used IN (0, 1)),
  UNIQUE (camera_id, kind)
) STRICT;

CREATE TABLE format (
  id INTEGER PRIMARY KEY,
  codecs TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  init_bytes INTEGER NOT NULL,
  UNIQUE (codecs, width, height, init_bytes)
) STRICT;

-- Ten million rows of this one: small numbers only, in the order in which they are asked for.
CREATE TABLE segment (
  stream_id INTEGER NOT NULL REFERENCES stream (id) ON DELETE CASCADE,
  start_ms INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL CHECK (duration_ms >= 0),
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  state INTEGER NOT NULL CHECK (state IN (0, 1, 2)),
  format_id INTEGER NOT NULL REFERENCES format (id),
  writer_id INTEGER NOT NULL REFERENCES writer (id),
  sha256 BLOB,
  PRIMARY KEY (stream_id, start_ms)
) STRICT, WITHOUT ROWID;
CREATE INDEX segment_open ON segment (stream_id, start_ms) WHERE state = 0;

-- Segments of a stream with no hole between them, merged; written in the transactions that write segments.
CREATE TABLE coverage (
  stream_id INTEGER NOT NULL REFERENCES stream (id) ON DELETE CASCADE,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  PRIMARY KEY (stream_id, from_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE gap (
  stream_id INTEGER NOT NULL REFERENCES stream (id) ON DELETE CASCADE,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER,
  cause TEXT NOT NULL,
  PRIMARY KEY (stream_id, from_ms)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX gap_open ON gap (stream_id) WHERE to_ms IS NULL;

-- Events outlive their camera: running numbers have no holes.
CREATE TABLE event (
  id TEXT PRIMARY KEY,
  station_id INTEGER NOT NULL REFERENCES station (id),
  seq INTEGER NOT NULL,
  kind TEXT NOT NULL,
  severity TEXT NOT NULL,
  camera_id TEXT,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER,
  data TEXT NOT NULL,
  UNIQUE (station_id, seq)
) STRICT;
-- All that the ticks of a timeline need, so that a day of them never reads the rows themselves.
CREATE INDEX event_from ON event (from_ms, id, kind, camera_id, to_ms);
CREATE INDEX event_camera ON event (camera_id, from_ms, id);
CREATE INDEX event_kind ON event (kind, from_ms, id);
-- Few events last longer than an hour; the rest is found by looking back an hour.
CREATE INDEX event_long ON event (from_ms) WHERE to_ms IS NULL OR to_ms - from_ms > 3600000;

CREATE TABLE user (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  role TEXT NOT NULL,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  created_ms INTEGER NOT NULL,
  last_login_ms INTEGER,
  password_hash TEXT NOT NULL
) STRICT;

CREATE TABLE session (
  token_hash BLOB PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
  local INTEGER NOT NULL CHECK (local IN (0, 1)),
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  seen_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_user ON session (user_id);
CREATE INDEX session_expires ON session (expires_ms);

CREATE TABLE preference (
  user_id TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Numbers of rows that are too many to count when asked.
CREATE TABLE tally (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO tally (name, value) VALUES ('segments', 0);
`;

/** How long video is kept, what was deleted and why, what is held, what is bookmarked. */
export const retention = `
-- Finished segments of a stream: made from the rows of segment alone, in the transactions that write those.
CREATE TABLE stored (
  stream_id INTEGER PRIMARY KEY REFERENCES stream (id) ON DELETE CASCADE,
  segments INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT;
INSERT INTO stored SELECT stream_id, count(*), sum(bytes) FROM segment WHERE state <> 0 GROUP BY stream_id;

-- What was said of one camera (JSON of CameraRetention); without a row it is as the station.
CREATE TABLE retention (
  camera_id TEXT PRIMARY KEY REFERENCES camera (id) ON DELETE CASCADE,
  rule TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Segments that start in [from_ms, to_ms] are being deleted: written before the first of their files goes, removed with their rows.
CREATE TABLE deleting (
  stream_id INTEGER NOT NULL REFERENCES stream (id) ON DELETE CASCADE,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  reason TEXT NOT NULL,
  by_name TEXT NOT NULL,
  why TEXT NOT NULL,
  PRIMARY KEY (stream_id, from_ms)
) STRICT, WITHOUT ROWID;

-- What was deleted: outlives the footage and the camera.
CREATE TABLE deletion (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  camera_id TEXT NOT NULL,
  camera_name TEXT NOT NULL,
  kind TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  covered_ms INTEGER NOT NULL,
  segments INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  reason TEXT NOT NULL,
  by_name TEXT NOT NULL,
  why TEXT NOT NULL,
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX deletion_run ON deletion (camera_id, kind, reason, id);
CREATE INDEX deletion_span ON deletion (camera_id, kind, from_ms);

-- Deletions that a person asked for; done_ms NULL: not carried out to the end yet.
CREATE TABLE erasure (
  id TEXT PRIMARY KEY,
  camera_id TEXT NOT NULL REFERENCES camera (id) ON DELETE CASCADE,
  kind TEXT,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  why TEXT NOT NULL,
  by_name TEXT NOT NULL,
  asked_ms INTEGER NOT NULL,
  done_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX erasure_open ON erasure (asked_ms) WHERE done_ms IS NULL;

CREATE TABLE hold (
  id TEXT PRIMARY KEY,
  camera_ids TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  reason TEXT NOT NULL,
  owner TEXT NOT NULL,
  until_ms INTEGER,
  created_ms INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  lifted_ms INTEGER,
  lifted_by TEXT,
  lift_reason TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE bookmark (
  id TEXT PRIMARY KEY,
  camera_id TEXT NOT NULL REFERENCES camera (id) ON DELETE CASCADE,
  at_ms INTEGER NOT NULL,
  name TEXT NOT NULL,
  note TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  created_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX bookmark_camera ON bookmark (camera_id, at_ms, id);
CREATE INDEX bookmark_at ON bookmark (at_ms, id);
`;

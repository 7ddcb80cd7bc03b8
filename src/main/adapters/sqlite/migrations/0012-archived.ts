/** Copies of segments at archives, and what is on its way there. */
export const archived = `
-- A copy that was verified where it lies. Where its segment has no other, segment.volume_id is the archive's number too.
CREATE TABLE archived (
  stream_id INTEGER NOT NULL REFERENCES stream (id) ON DELETE CASCADE,
  start_ms INTEGER NOT NULL,
  archive_id INTEGER NOT NULL,
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  verified_ms INTEGER NOT NULL,
  -- Volume that has a file of it which is to go; NULL: none has.
  leaving INTEGER,
  PRIMARY KEY (stream_id, start_ms)
) STRICT, WITHOUT ROWID;
CREATE INDEX archived_leaving ON archived (leaving) WHERE leaving IS NOT NULL;

-- What was begun and not finished: what the archive gave to go on with.
CREATE TABLE sending (
  archive_id INTEGER NOT NULL,
  stream_id INTEGER NOT NULL REFERENCES stream (id) ON DELETE CASCADE,
  start_ms INTEGER NOT NULL,
  begun TEXT NOT NULL,
  PRIMARY KEY (archive_id, stream_id, start_ms)
) STRICT, WITHOUT ROWID;
`;

/** The SHA-256 of each segment's file, in a chain per stream (domain/segment-chain.ts). Beside `segment`, which stays small. */
export const segmentChain = `
-- What was linked, as it was linked: the chain can be followed by this table alone.
CREATE TABLE segment_hash (
  stream_id INTEGER NOT NULL REFERENCES stream (id) ON DELETE CASCADE,
  start_ms INTEGER NOT NULL,
  link INTEGER NOT NULL CHECK (link >= 1),
  duration_ms INTEGER NOT NULL CHECK (duration_ms >= 0),
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  chain BLOB NOT NULL CHECK (length(chain) = 32),
  PRIMARY KEY (stream_id, start_ms)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX segment_hash_link ON segment_hash (stream_id, link);

-- Links that are no longer kept, as runs; chain is the value after the last of them.
CREATE TABLE chain_seam (
  stream_id INTEGER NOT NULL REFERENCES stream (id) ON DELETE CASCADE,
  from_link INTEGER NOT NULL CHECK (from_link >= 1),
  to_link INTEGER NOT NULL CHECK (to_link >= from_link),
  chain BLOB NOT NULL CHECK (length(chain) = 32),
  cause TEXT NOT NULL CHECK (cause IN ('retention', 'replaced', 'lost')),
  PRIMARY KEY (stream_id, from_link)
) STRICT, WITHOUT ROWID;

CREATE TABLE chain_head (
  stream_id INTEGER PRIMARY KEY REFERENCES stream (id) ON DELETE CASCADE,
  link INTEGER NOT NULL CHECK (link >= 0),
  chain BLOB NOT NULL CHECK (length(chain) = 32),
  -- Up to which link the list beside the video goes.
  listed INTEGER NOT NULL,
  -- 0: head or seams have changed since they were noted beside the video.
  noted INTEGER NOT NULL CHECK (noted IN (0, 1))
) STRICT;

-- It was never written: hashes have a table of their own.
ALTER TABLE segment DROP COLUMN sha256;
`;

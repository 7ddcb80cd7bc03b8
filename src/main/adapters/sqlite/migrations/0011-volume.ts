/** Several volumes: which there are, and on which of them a segment lies. */
export const volume = `
CREATE TABLE volume (
  id INTEGER PRIMARY KEY,
  -- The id in its volume.json; NULL: not opened yet.
  mark TEXT UNIQUE,
  name TEXT NOT NULL,
  -- Folder that has its video folder; of volume 1 it is the data folder, wherever that lies.
  path TEXT NOT NULL,
  weight INTEGER NOT NULL DEFAULT 1,
  reserve_bytes INTEGER,
  sync TEXT NOT NULL DEFAULT 'durable',
  added_ms INTEGER NOT NULL DEFAULT 0,
  -- Nothing more is recorded on it; what is there stays.
  removed_ms INTEGER
) STRICT;
INSERT INTO volume (id, mark, name, path) VALUES (1, (SELECT value FROM setting WHERE key = 'volume-id'), '', '');

-- 1 takes no room in a row beyond its type.
ALTER TABLE segment ADD COLUMN volume_id INTEGER NOT NULL DEFAULT 1;

-- Counted per volume now: room is made where it is needed.
DROP TABLE stored;
CREATE TABLE stored (
  stream_id INTEGER NOT NULL REFERENCES stream (id) ON DELETE CASCADE,
  volume_id INTEGER NOT NULL,
  segments INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (stream_id, volume_id)
) STRICT, WITHOUT ROWID;
INSERT INTO stored SELECT stream_id, volume_id, count(*), sum(bytes) FROM segment WHERE state <> 0 GROUP BY stream_id, volume_id;
`;

/** How cameras are watched by the station's own analysis, what it knows of events, and where something moved. */
export const watching = `
-- JSON of WatchSettings; a camera without a row is watched as usual.
CREATE TABLE watch_settings (
  camera_id TEXT PRIMARY KEY REFERENCES camera (id) ON DELETE CASCADE,
  settings TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- zone and line: JSON of ZoneDraft and LineDraft.
CREATE TABLE watch_zone (
  id TEXT PRIMARY KEY,
  camera_id TEXT NOT NULL REFERENCES camera (id) ON DELETE CASCADE,
  version INTEGER NOT NULL CHECK (version >= 1),
  zone TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX watch_zone_camera ON watch_zone (camera_id);
CREATE TABLE watch_line (
  id TEXT PRIMARY KEY,
  camera_id TEXT NOT NULL REFERENCES camera (id) ON DELETE CASCADE,
  version INTEGER NOT NULL CHECK (version >= 1),
  line TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX watch_line_camera ON watch_line (camera_id);

-- What the analysis knows of an event; zones and lines may be gone by now.
CREATE TABLE event_look (
  event_id TEXT PRIMARY KEY REFERENCES event (id) ON DELETE CASCADE,
  class TEXT,
  score REAL,
  -- JSON of Box.
  box TEXT,
  zone_id TEXT,
  line_id TEXT,
  track_id INTEGER,
  text TEXT,
  has_picture INTEGER NOT NULL CHECK (has_picture IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX event_look_class ON event_look (class) WHERE class IS NOT NULL;
CREATE INDEX event_look_zone ON event_look (zone_id) WHERE zone_id IS NOT NULL;
CREATE INDEX event_look_line ON event_look (line_id) WHERE line_id IS NOT NULL;
CREATE INDEX event_look_text ON event_look (text) WHERE text IS NOT NULL;

-- Looks of ten minutes of a camera, packed (domain/motion-index.ts).
CREATE TABLE motion_index (
  camera_id TEXT NOT NULL REFERENCES camera (id) ON DELETE CASCADE,
  span_ms INTEGER NOT NULL CHECK (span_ms % 600000 = 0),
  looks BLOB NOT NULL,
  PRIMARY KEY (camera_id, span_ms)
) STRICT, WITHOUT ROWID;
`;

/** Work that waits until the PC has time for it. */
export const work = `
CREATE TABLE work (
  kind TEXT NOT NULL,
  event_id TEXT NOT NULL REFERENCES event (id) ON DELETE CASCADE,
  camera_id TEXT NOT NULL,
  made_ms INTEGER NOT NULL,
  due_ms INTEGER NOT NULL,
  tries INTEGER NOT NULL CHECK (tries >= 0),
  PRIMARY KEY (kind, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX work_due ON work (kind, due_ms);
`;

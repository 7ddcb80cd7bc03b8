/** Why the station's own analysis told events. */
export const eventWhy = `
-- JSON of EventWhy, at most some kilobytes.
CREATE TABLE event_why (
  event_id TEXT PRIMARY KEY REFERENCES event (id) ON DELETE CASCADE,
  why TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

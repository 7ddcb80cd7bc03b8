/** What recorded main streams showed of the objects of events. */
export const closerLook = `
CREATE TABLE closer_look (
  event_id TEXT PRIMARY KEY REFERENCES event (id) ON DELETE CASCADE,
  -- JSON of CloserLook.
  look TEXT NOT NULL,
  -- What a search finds it by.
  words TEXT,
  vehicle TEXT AS (json_extract(look, '$.vehicle')) VIRTUAL,
  upper TEXT AS (json_extract(look, '$.upper')) VIRTUAL,
  lower TEXT AS (json_extract(look, '$.lower')) VIRTUAL
) STRICT, WITHOUT ROWID;
CREATE INDEX closer_look_vehicle ON closer_look (vehicle) WHERE vehicle IS NOT NULL;
CREATE INDEX closer_look_upper ON closer_look (upper) WHERE upper IS NOT NULL;
CREATE INDEX closer_look_lower ON closer_look (lower) WHERE lower IS NOT NULL;
`;

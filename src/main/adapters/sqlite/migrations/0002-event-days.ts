/** Events counted per day, so that a timeline of months need not read each of them. */
export const eventDays = `
-- Made from the rows of event alone, in the transactions that write those. Days are UTC; camera_id is '' for events of none.
CREATE TABLE event_day (
  day_ms INTEGER NOT NULL CHECK (day_ms % 86400000 = 0),
  kind TEXT NOT NULL,
  camera_id TEXT NOT NULL,
  n INTEGER NOT NULL,
  -- How many of them are still going on.
  going_on INTEGER NOT NULL,
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  PRIMARY KEY (day_ms, kind, camera_id)
) STRICT, WITHOUT ROWID;
INSERT INTO event_day
  SELECT from_ms - from_ms % 86400000 AS day_ms, kind, ifnull(camera_id, '') AS camera, count(*), sum(to_ms IS NULL),
    min(from_ms), max(ifnull(to_ms, from_ms))
  FROM event GROUP BY 1, 2, 3;

-- All that the ticks of a timeline need of the few long events too.
DROP INDEX event_long;
CREATE INDEX event_long ON event (from_ms, to_ms, kind, camera_id) WHERE to_ms IS NULL OR to_ms - from_ms > 3600000;
`;

/** What is at archives only, as runs: told of a day by rows of the segments themselves it took seconds. */
export const archivedRun = `
-- Segments of a stream that are at an archive only, merged as coverage is; written in the transactions that write segments.
CREATE TABLE archived_run (
  stream_id INTEGER NOT NULL REFERENCES stream (id) ON DELETE CASCADE,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  PRIMARY KEY (stream_id, from_ms)
) STRICT, WITHOUT ROWID;
INSERT INTO archived_run
  SELECT stream_id, min(start_ms), max(end_ms) FROM (
    SELECT stream_id, start_ms, end_ms, sum(begins) OVER (PARTITION BY stream_id ORDER BY start_ms) AS run FROM (
      SELECT stream_id, start_ms, start_ms + duration_ms AS end_ms,
        ifnull(start_ms > 500 + max(start_ms + duration_ms) OVER (
          PARTITION BY stream_id ORDER BY start_ms ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), 1) AS begins
      -- Millions of segments of a station without archives are not looked at.
      FROM segment WHERE volume_id >= 10001 AND duration_ms > 0
        AND stream_id IN (SELECT stream_id FROM stored WHERE volume_id >= 10001 AND segments > 0)
    )
  ) GROUP BY stream_id, run;
`;

/** Spans in which recording was asked for: what coverage is measured against. */
export const wanted = `
-- At most one open run per stream: what is asked for now, also while the station is off.
CREATE TABLE wanted (
  stream_id INTEGER NOT NULL REFERENCES stream (id) ON DELETE CASCADE,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER,
  PRIMARY KEY (stream_id, from_ms)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX wanted_open ON wanted (stream_id) WHERE to_ms IS NULL;

-- Until now every moment asked for was either covered or in a gap: both together, merged, are what was asked for.
INSERT INTO wanted (stream_id, from_ms, to_ms)
WITH
  part AS (
    SELECT stream_id, from_ms, to_ms FROM coverage
    UNION ALL SELECT stream_id, from_ms, ifnull(to_ms, 9000000000000000) FROM gap
  ),
  reached AS (
    SELECT *, max(to_ms) OVER (
      PARTITION BY stream_id ORDER BY from_ms, to_ms ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS before_ms FROM part
  ),
  numbered AS (
    SELECT *, sum(before_ms IS NULL OR from_ms > before_ms + 500) OVER (PARTITION BY stream_id ORDER BY from_ms, to_ms) AS run
    FROM reached
  )
SELECT stream_id, min(from_ms), nullif(max(to_ms), 9000000000000000) FROM numbered GROUP BY stream_id, run;
-- The newest run of a stream that is to be recorded goes on.
UPDATE wanted SET to_ms = NULL
WHERE from_ms = (SELECT max(from_ms) FROM wanted AS later WHERE later.stream_id = wanted.stream_id)
  AND stream_id IN (
    SELECT s.id FROM stream AS s JOIN camera AS c ON c.id = s.camera_id
    WHERE s.used = 1 AND s.record = 1 AND c.enabled = 1 AND c.removed_ms IS NULL
  );
`;

/** Segments that were fetched from the camera's own card. */
export const segmentOrigin = `
-- 0: recorded live · 1: back-filled, fetched later from the camera's card; the segment's file carries the same mark.
ALTER TABLE segment ADD COLUMN origin INTEGER NOT NULL DEFAULT 0 CHECK (origin IN (0, 1));
-- Few segments are, and a timeline asks for them alone.
CREATE INDEX segment_back_fill ON segment (stream_id, start_ms, duration_ms) WHERE origin = 1;
`;

/** When a stream is recorded (JSON of `RecordingPlan`) takes the place of whether; and weeks that cameras share. */
export const recordingPlan = `
ALTER TABLE stream ADD COLUMN plan TEXT NOT NULL DEFAULT '{"when":{"by":"mode","mode":"continuous"}}';
UPDATE stream SET plan = '{"when":{"by":"mode","mode":"off"}}' WHERE record = 0;
ALTER TABLE stream DROP COLUMN record;

CREATE TABLE recording_schedule (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  -- JSON of RecordingWeek.
  week TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

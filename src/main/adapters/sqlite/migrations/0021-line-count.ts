/** How many crossed lines that count. */
export const lineCount = `
-- Quarters of an hour of UTC: hours and days of every time zone are whole numbers of them.
CREATE TABLE line_count (
  line_id TEXT NOT NULL REFERENCES watch_line (id) ON DELETE CASCADE,
  quarter_ms INTEGER NOT NULL CHECK (quarter_ms % 900000 = 0),
  went_in INTEGER NOT NULL CHECK (went_in >= 0),
  went_out INTEGER NOT NULL CHECK (went_out >= 0),
  -- How long of it somebody looked.
  looked_ms INTEGER NOT NULL CHECK (looked_ms >= 0),
  PRIMARY KEY (line_id, quarter_ms)
) STRICT, WITHOUT ROWID;
`;

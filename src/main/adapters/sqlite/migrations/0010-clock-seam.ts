/** Where the station's clock was set, or stood still: what is recorded after a seam carries its number. */
export const clockSeam = `
CREATE TABLE clock_seam (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('step', 'off', 'sleep')),
  -- Since when the clock before the seam is known to have run without one, what it said at the seam, and what the clock after it said.
  from_ms INTEGER NOT NULL,
  before_ms INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  -- The same moment on the machine's steady clock, within one boot.
  steady_ms REAL NOT NULL,
  boot TEXT NOT NULL
) STRICT;

-- 0: recorded before any seam. Times of one stream may overlap only between segments of different seams.
ALTER TABLE segment ADD COLUMN seam_id INTEGER NOT NULL DEFAULT 0;
`;

/** Lists of plates. */
export const plates = `
CREATE TABLE plate_list (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('allow', 'deny', 'watch')),
  tolerant INTEGER NOT NULL CHECK (tolerant IN (0, 1)),
  created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- text: capitals and digits, as they are compared.
CREATE TABLE plate_entry (
  id TEXT PRIMARY KEY,
  list_id TEXT NOT NULL REFERENCES plate_list (id) ON DELETE CASCADE,
  text TEXT NOT NULL CHECK (text <> ''),
  label TEXT NOT NULL,
  note TEXT NOT NULL,
  from_ms INTEGER,
  to_ms INTEGER CHECK (from_ms IS NULL OR to_ms IS NULL OR to_ms > from_ms),
  changed_ms INTEGER NOT NULL,
  changed_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX plate_entry_text ON plate_entry (list_id, text);
`;

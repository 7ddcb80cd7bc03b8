/** How cameras are listened to. */
export const sound = `
-- JSON of SoundSettings; a camera without a row is not listened to.
CREATE TABLE sound_settings (
  camera_id TEXT PRIMARY KEY REFERENCES camera (id) ON DELETE CASCADE,
  settings TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

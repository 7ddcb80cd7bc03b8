/** What a person says of a camera besides its name, and the ONVIF device it hangs on (JSON of `DeviceLink`). */
export const cameraLink = `
ALTER TABLE camera ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE camera ADD COLUMN notes TEXT NOT NULL DEFAULT '';
ALTER TABLE camera ADD COLUMN link TEXT;
`;

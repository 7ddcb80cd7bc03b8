/** Whether the object of an event never left its place. */
export const eventStayed = `
-- NULL: not known, as of events before this version.
ALTER TABLE event_look ADD COLUMN stayed INTEGER CHECK (stayed IN (0, 1));
`;

/** What a worker needs of this room: reading metadata streams. It opens no socket and loads nothing but the XML reader. */
export { readMetadataDocument, streamLimits, type MetadataDocument } from './metadata-stream.ts';

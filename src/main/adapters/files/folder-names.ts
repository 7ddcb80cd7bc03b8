/** Names in a volume that are none of video. */
export const descriptionName = 'camera.json';
export const keptName = 'kept.json';
export const isFolderName = (name: string): boolean => /^[a-z0-9][a-z0-9-]*$/.test(name);

/** Names in a volume that are none of video. */
export const descriptionName = 'camera.json';
export const keptName = 'kept.json';
export const accountName = (month: string): string => `account-${month}.json`;
/** The month of an account's name; null: it is none. */
export const monthOfAccount = (name: string): string | null => /^account-(\d{4}-\d{2})\.json$/.exec(name)?.[1] ?? null;
export const isFolderName = (name: string): boolean => /^[a-z0-9][a-z0-9-]*$/.test(name);

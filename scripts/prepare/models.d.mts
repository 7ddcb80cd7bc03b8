export function ensureModels(root: string, say: (text: string) => void): void;

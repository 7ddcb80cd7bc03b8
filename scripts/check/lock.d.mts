type Lock = { packages: Record<string, object> };
export function checkLock(root: string): string[];
export function lockProblems(lock: Lock, manifest: object): string[];

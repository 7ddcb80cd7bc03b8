export function fits(version: string, range: string): boolean;
export function rightNode(root: string): string;

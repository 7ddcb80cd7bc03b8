export function checkTree(root: string): string[];
export function lineProblem(line: string): string | undefined;

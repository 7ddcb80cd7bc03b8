export function checkLicences(root: string): string[];
export function licenceProblems(
  packages: Record<string, object>,
  licenceOf?: (at: string) => string | undefined,
): string[];

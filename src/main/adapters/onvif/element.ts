/** An XML element as read: by local name, because makers choose prefixes freely and some forget to declare them. */
export type Element = {
  readonly name: string;
  /** Namespace; null where it is not declared. */
  readonly space: string | null;
  /** By local name, without declarations. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  /** Own text, without that of children, trimmed. */
  readonly text: string;
};

/** The first child that a path of local names leads to. */
export function at(element: Element | null | undefined, ...path: string[]): Element | null {
  let here: Element | null = element ?? null;
  for (const name of path) here = here?.children.find((c) => c.name === name) ?? null;
  return here;
}

/** All children of one name. */
export const all = (element: Element | null | undefined, name: string): Element[] =>
  element?.children.filter((c) => c.name === name) ?? [];

/** Text at a path; null where there is none or it is empty. */
export function textAt(element: Element | null | undefined, ...path: string[]): string | null {
  const text = at(element, ...path)?.text ?? '';
  return text === '' ? null : text;
}

/** A finite number at a path, else null. */
export function numberAt(element: Element | null | undefined, ...path: string[]): number | null {
  return numberOf(textAt(element, ...path));
}

export function attribute(element: Element | null | undefined, name: string): string | null {
  const value = element?.attributes.get(name)?.trim() ?? '';
  return value === '' ? null : value;
}

export function numberOf(text: string | null): number | null {
  // Bounded first: the expression may look at a long run of digits more than once.
  if (text === null || text.length > 40 || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

export const truth = (text: string | null): boolean => text === 'true' || text === '1' || text === 'True';

/** Every element below, this one first, in document order. */
export function* within(element: Element): Generator<Element> {
  const open: Element[] = [element];
  for (let here = open.pop(); here; here = open.pop()) {
    yield here;
    for (let i = here.children.length - 1; i >= 0; i--) {
      const child = here.children[i];
      if (child) open.push(child);
    }
  }
}

/** Text of an element, cut to what our own schemas take. */
export const short = (text: string | null, limit = 200): string | null => (text === null ? null : text.slice(0, limit));

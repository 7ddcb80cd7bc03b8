/** The keyboard's place is never lost: when what has the focus goes, what stands in its place gets it, or what a dialog was opened from. */

const focusables =
  'a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex="-1"]), [contenteditable="true"]';
/** What lies over a page for a while, and gives the focus back to where it came from. */
const layers = '[role="dialog"], [role="menu"], [role="listbox"]';
/** Dialogs and menus that give it back themselves do so before. */
const afterMs = 20;

type Place = { element: HTMLElement; layer: Element | null; branch: { parent: Element; index: number }[] };

const usable = (e: HTMLElement): boolean =>
  e.isConnected &&
  !e.matches(':disabled, [data-disabled="true"]:not([aria-disabled="true"])') &&
  e.closest('[inert], [aria-hidden="true"]') === null &&
  e.checkVisibility({ visibilityProperty: true });

const within = (root: Element): HTMLElement[] =>
  [root, ...root.querySelectorAll(focusables)].filter(
    (e): e is HTMLElement => e instanceof HTMLElement && e.matches(focusables),
  );

function placeOf(element: HTMLElement): Place {
  const branch: Place['branch'] = [];
  for (let at: Element = element; at.parentElement !== null && at !== document.body; at = at.parentElement)
    branch.push({ parent: at.parentElement, index: [...at.parentElement.children].indexOf(at) });
  return { element, layer: element.closest(layers), branch };
}

/** What the focus is on once a place is gone or can no longer be used; null: nothing of what is there. */
function standIn({ element, branch }: Place): HTMLElement | null {
  if (usable(element)) return element;
  // The smallest part of the page that is still there, and what of it went.
  const first = branch.findIndex(({ parent }) => parent.isConnected);
  if (first < 0) return null;
  let gone: Element = first === 0 ? element : (branch[first - 1]?.parent ?? element);
  const nth = Math.max(0, within(gone).indexOf(element));
  for (const { parent, index } of branch.slice(first)) {
    // Of another page it is best begun at the start.
    if (parent.matches('main, #root, body')) return null;
    const then = gone.getAttribute('data-then');
    const next = then === null ? null : document.querySelector<HTMLElement>(then);
    if (next) return next;
    const kin = [...parent.children];
    const there = gone.isConnected ? index + 1 : index;
    for (const [i, beside] of [...kin.slice(there), ...kin.slice(0, there).reverse()].entries()) {
      const all = within(beside).filter(usable);
      // A row that moved up: the same button of it.
      const same = i === 0 || beside.tagName === gone.tagName ? all[Math.min(nth, all.length - 1)] : all[0];
      if (same) return same;
    }
    gone = parent;
  }
  return null;
}

/** Watches the page. Returns the stop. */
export function keepFocus(): () => void {
  /** One place for each layer, in the order in which they were opened. */
  let trail: Place[] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;
  /** What had it is at work, and gets it back. */
  let waits = false;
  const lost = (): boolean => {
    const at = document.activeElement;
    return at === null || at === document.body || at.matches(':disabled');
  };

  const find = (): void => {
    timer = null;
    const last = trail.at(-1);
    if (last === undefined || !lost()) return;
    // Let go of on purpose.
    if (usable(last.element) && !waits) return;
    waits = last.element.isConnected && last.element.matches('[data-loading]');
    if (waits) return;
    for (const place of [...trail].reverse()) {
      if (place.layer !== null && !place.layer.isConnected) continue;
      const to = standIn(place);
      const seen = to ?? document.querySelector<HTMLElement>('[aria-modal="true"], main');
      seen?.focus({ preventScroll: true });
      to?.scrollIntoView({ block: 'nearest' });
      if (!lost()) return;
    }
  };
  const onFocus = (e: FocusEvent): void => {
    if (!(e.target instanceof HTMLElement)) return;
    const place = placeOf(e.target);
    const same = trail.findIndex((p) => p.layer === place.layer);
    trail = [
      ...(same < 0 ? trail.filter((p) => p.layer === null || p.layer.isConnected) : trail.slice(0, same)),
      place,
    ];
  };
  // A press beside everything lets go of the focus on purpose.
  const onPress = (): void => {
    setTimeout(() => {
      if (lost()) trail = [];
    });
  };
  const onChange = (): void => {
    if (trail.length === 0 || timer !== null || !lost()) return;
    timer = setTimeout(find, afterMs);
  };
  const observer = new MutationObserver(onChange);
  observer.observe(document.body, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ['disabled', 'inert'],
  });
  document.addEventListener('focusin', onFocus);
  document.addEventListener('pointerdown', onPress, { capture: true });
  return () => {
    observer.disconnect();
    document.removeEventListener('focusin', onFocus);
    document.removeEventListener('pointerdown', onPress, { capture: true });
    if (timer !== null) clearTimeout(timer);
  };
}

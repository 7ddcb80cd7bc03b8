import { useLayoutEffect, useRef, useState, type ReactNode } from 'react';

/** A table that may be wider than its page: it moves sideways in its place, and can be moved by keyboard where it is. */
export function TableScroll({ label, children }: { label: string; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const [wider, setWider] = useState(false);
  const measure = (): void => {
    const at = box.current;
    if (at !== null) setWider(at.scrollWidth > at.clientWidth);
  };
  // At once with what it shows: a table that is wider by a new row is moved by keyboard from its first picture on.
  useLayoutEffect(measure);
  useLayoutEffect(() => {
    const at = box.current;
    if (at === null) return;
    const observer = new ResizeObserver(measure);
    for (const each of [at, ...at.children]) observer.observe(each);
    return () => {
      observer.disconnect();
    };
  }, []);
  return (
    <div ref={box} className="table-scroll" role="group" aria-label={label} {...(wider && { tabIndex: 0 })}>
      {children}
    </div>
  );
}

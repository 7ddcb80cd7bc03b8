/** What needs a person, in words, with its mark. */
import type { ReactNode } from 'react';
import { Shape } from '../../ui/mark.tsx';

export function Warning({ children }: { children: ReactNode }) {
  return (
    <div className="problem" role="status">
      <span className="mark" data-tone="warn">
        <Shape tone="warn" />
      </span>
      <p>{children}</p>
    </div>
  );
}

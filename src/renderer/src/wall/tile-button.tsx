import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';

/** One of a tile's actions: a picture that says what it does, and its key. */
export function TileButton(props: {
  label: string;
  pressed?: boolean;
  action?: string;
  onPointerDown?: () => void;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <Tooltip label={props.label}>
      <button
        type="button"
        tabIndex={-1}
        aria-label={props.label}
        aria-pressed={props.pressed}
        data-action={props.action}
        onPointerDown={props.onPointerDown}
        onClick={props.onClick}
        onDoubleClick={(e) => {
          e.stopPropagation();
        }}
      >
        {props.children}
      </button>
    </Tooltip>
  );
}

/** A button that at times has nothing to do, as *Save* right after saving: it looks disabled then, and keeps the keyboard's place. */
import { Button, type ButtonProps } from '@mantine/core';
import type { MouseEvent } from 'react';

export function IdleButton({
  idle,
  onClick,
  ...props
}: Omit<ButtonProps, 'disabled'> & { idle: boolean; type?: 'button' | 'submit'; onClick?: () => void }) {
  return (
    <Button
      {...props}
      aria-disabled={idle}
      data-disabled={idle}
      onClick={(e: MouseEvent) => {
        // A form is not sent either, nor by Enter in a field of it.
        if (idle) e.preventDefault();
        else onClick?.();
      }}
    />
  );
}

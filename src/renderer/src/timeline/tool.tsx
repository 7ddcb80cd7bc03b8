import type { ReactNode } from 'react';

/** A button of the bar: a picture with words for who cannot see it. */
export function Tool({
  label,
  onPress,
  pressed,
  children,
}: {
  label: string;
  onPress(): void;
  pressed?: boolean;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      className="tl-button"
      aria-label={label}
      title={label}
      onClick={onPress}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
    >
      {children}
    </button>
  );
}

/** A button that does something for as long as it is held, by pointer, Space or Enter; it lets go when it loses either. */
import { useEffect, useRef, useState, type ReactNode } from 'react';

export function HoldButton(props: {
  label: string;
  className?: string;
  /** Begins; its answer is called once when it is let go. */
  hold: () => () => void;
  children: ReactNode;
}) {
  const letGo = useRef<(() => void) | null>(null);
  const [held, setHeld] = useState(false);
  const end = (): void => {
    letGo.current?.();
    letGo.current = null;
    setHeld(false);
  };
  const begin = (): void => {
    if (letGo.current) return;
    letGo.current = props.hold();
    setHeld(true);
  };
  useEffect(() => {
    const stop = (): void => {
      letGo.current?.();
      letGo.current = null;
      setHeld(false);
    };
    window.addEventListener('blur', stop);
    document.addEventListener('visibilitychange', stop);
    return () => {
      stop();
      window.removeEventListener('blur', stop);
      document.removeEventListener('visibilitychange', stop);
    };
  }, []);
  return (
    <button
      type="button"
      className={props.className ?? 'steer-hold'}
      aria-label={props.label}
      title={props.label}
      data-held={held}
      onPointerDown={(e) => {
        if (e.button !== 0) return;
        e.currentTarget.setPointerCapture(e.pointerId);
        begin();
      }}
      onPointerUp={end}
      onPointerCancel={end}
      onLostPointerCapture={end}
      onKeyDown={(e) => {
        if (e.key !== ' ' && e.key !== 'Enter') return;
        e.preventDefault();
        if (!e.repeat) begin();
      }}
      onKeyUp={(e) => {
        if (e.key === ' ' || e.key === 'Enter') end();
      }}
      onBlur={end}
      onContextMenu={(e) => {
        e.preventDefault();
      }}
    >
      {props.children}
    </button>
  );
}

/** The way from a row about a moment to the wall at that moment. */
import { Play } from 'lucide-react';
import { useLocation } from 'wouter';
import type { CameraId } from '#domain/id.ts';
import { RowTool } from './row-tool.tsx';

/** The wall's address at a moment (Unix ms), at a camera where there is one. */
export const momentPath = (atMs: number, camera: CameraId | null): string =>
  `/?at=${String(atMs)}${camera === null ? '' : `&camera=${camera}`}`;

/** `title` says what it does; `of` says to who does not see the row what it is about. */
export function GoTo({
  atMs,
  camera,
  title,
  of,
}: {
  atMs: number;
  camera: CameraId | null;
  title: string;
  of?: string;
}) {
  const [, go] = useLocation();
  return (
    <RowTool
      title={title}
      of={of}
      onClick={() => {
        go(momentPath(atMs, camera));
      }}
    >
      <Play size={14} aria-hidden="true" />
    </RowTool>
  );
}

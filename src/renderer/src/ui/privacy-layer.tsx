/** Blackens what of a camera's picture is never shown. */
import type { Point } from '#domain/place.ts';
import './privacy-layer.css';

export type Areas = readonly (readonly Point[])[];

/**
 * In a frame that is as large as the picture; with `picture`, its size, in one that shows it as `fit` says: cut to fill the
 * frame, or whole.
 */
export function PrivacyLayer({
  areas,
  picture,
  fit = 'cover',
}: {
  areas: Areas;
  picture?: { width: number; height: number };
  fit?: 'cover' | 'contain';
}) {
  if (areas.length === 0) return null;
  const { width, height } = picture ?? { width: 1, height: 1 };
  return (
    <svg
      className="privacy-layer"
      viewBox={`0 0 ${String(width)} ${String(height)}`}
      preserveAspectRatio={picture ? (fit === 'cover' ? 'xMidYMid slice' : 'xMidYMid meet') : 'none'}
      aria-hidden="true"
      focusable="false"
    >
      {areas.map((points) => {
        const list = points.map((p) => `${String(p.x * width)},${String(p.y * height)}`).join(' ');
        return <polygon key={list} points={list} />;
      })}
    </svg>
  );
}

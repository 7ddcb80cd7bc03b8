/** What the camera itself sees, over its live picture: its own boxes, marked as the camera's and not as Vigie's. */
import { Cctv } from 'lucide-react';
import { useEffect, useState, type CSSProperties } from 'react';
import { objectsLastMs, type CameraObject, type CameraObjects } from '#domain/camera-objects.ts';
import type { CameraId } from '#domain/id.ts';
import { followObjects } from '../stores/objects.ts';
import { percentOf } from '../text/format.ts';
import { useTranslation } from '../text/index.ts';
import { objectWord } from '../ui/object-words.ts';
import './object-layer.css';

/** What is seen now; what nothing new is said of is gone after a moment. */
function useObjects(id: CameraId): CameraObject[] {
  const [seen, setSeen] = useState<CameraObjects | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const leave = followObjects(id, (now) => {
      clearTimeout(timer);
      setSeen(now);
      timer = setTimeout(() => {
        setSeen(null);
      }, objectsLastMs);
    });
    return () => {
      clearTimeout(timer);
      leave();
      setSeen(null);
    };
  }, [id]);
  // Who stands nearer stands lower, and is in front.
  const lower = (o: CameraObject): number => o.box.y + o.box.height;
  return (seen?.objects ?? []).toSorted((a, b) => lower(a) - lower(b));
}

const percent = (part: number): string => `${String(part * 100)}%`;

export function ObjectLayer({ id }: { id: CameraId }) {
  const { t } = useTranslation();
  const objects = useObjects(id);
  const words = objects.map((o) => objectWord(o.class));
  const what = words.length === 0 ? t('objects.nothing') : words.join(', ');
  return (
    <div className="object-layer" role="img" aria-label={t('objects.layer', { what })}>
      {objects.map((object, i) => (
        <div
          key={object.id === '' ? i : object.id}
          className="object-box"
          data-up={object.box.y < 0.08}
          data-end={object.box.x > 0.8}
          style={
            {
              left: percent(object.box.x),
              top: percent(object.box.y),
              width: percent(object.box.width),
              height: percent(object.box.height),
            } satisfies CSSProperties
          }
        >
          <span className="object-label">
            <Cctv size={11} aria-hidden="true" />
            {words[i]}
            {object.likelihood === null ? null : <i>{percentOf(object.likelihood)}</i>}
          </span>
        </div>
      ))}
    </div>
  );
}

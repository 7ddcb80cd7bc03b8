/** What the camera itself sees, over its live picture: its own boxes, marked as the camera's and not as Vigie's. */
import { Cctv } from 'lucide-react';
import { useEffect, useState } from 'react';
import { objectsLastMs, type CameraObject, type CameraObjects } from '#domain/camera-objects.ts';
import type { CameraId } from '#domain/id.ts';
import { followObjects } from '../stores/objects.ts';
import { percentOf } from '../text/format.ts';
import { useTranslation } from '../text/index.ts';
import { objectWord } from '../ui/object-words.ts';
import { nearestLast, SeenBox } from './seen-box.tsx';

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
  return nearestLast(seen?.objects ?? []);
}

export function ObjectLayer({ id }: { id: CameraId }) {
  const { t } = useTranslation();
  const objects = useObjects(id);
  const words = objects.map((o) => objectWord(o.class));
  const what = words.length === 0 ? t('objects.nothing') : words.join(', ');
  return (
    <div className="seen-boxes object-layer" role="img" aria-label={t('objects.layer', { what })}>
      {objects.map((object, i) => (
        <SeenBox key={object.id === '' ? i : object.id} box={object.box} by="camera">
          <Cctv size={11} aria-hidden="true" />
          {words[i]}
          {object.likelihood === null ? null : <i>{percentOf(object.likelihood)}</i>}
        </SeenBox>
      ))}
    </div>
  );
}

/** One area of a camera's picture, drawn to search in it; it stands in the page's address. */
import { Button } from '@mantine/core';
import { SquareDashed } from 'lucide-react';
import { useEffect, useMemo, useReducer, useRef, type ReactNode } from 'react';
import { useSearchParams } from 'wouter';
import type { CameraView } from '#domain/camera.ts';
import { Polygon, type Point } from '#domain/place.ts';
import { useTranslation } from '../../text/index.ts';
import { PrivacyLayer } from '../../ui/privacy-layer.tsx';
import { LivePicture } from '../device/live-picture.tsx';
import { DrawingTools } from '../watching/drawing-tools.tsx';
import { beginEditing, stepEditing, type Edit, type Editing } from '../watching/editing.ts';
import { faultWords, saysOf } from '../watching/editing-words.ts';
import { faultOf, newItem, pointsOf } from '../watching/items.ts';
import { PictureEditor } from '../watching/picture-editor.tsx';
import { areaText } from './found.ts';
import '../watching/watching.css';

function begin({ area, name }: { area: Point[] | null; name: string }): Editing {
  const item = area ? newItem('area', 'detect', name, area) : null;
  return beginEditing(item ? [item] : []);
}
/** There is one area: another one takes its place. */
function stepArea(s: Editing, edit: Edit): Editing {
  if (edit.do === 'copy') return s;
  const next = stepEditing(s, edit);
  const [first, second] = next.items.now;
  return first && second ? { ...next, items: { ...next.items, now: [second] } } : next;
}

export type Area = {
  s: Editing;
  act: (edit: Edit) => void;
  /** null: the whole picture, also while what is drawn is none yet. */
  points: Point[] | null;
  /** Why what is drawn cannot be searched in, in words. */
  fault: string | null;
};

export function useArea(start: Point[] | null): Area {
  const { t } = useTranslation();
  const [, setSearch] = useSearchParams();
  const [s, act] = useReducer(stepArea, { area: start, name: t('motion.area') }, begin);
  const item = s.items.now[0];
  const points = useMemo(() => {
    const drawn = item ? [...pointsOf(item)] : null;
    return drawn && Polygon.safeParse(drawn).success ? drawn : null;
  }, [item]);
  const text = points ? areaText(points) : null;
  useEffect(() => {
    setSearch(
      (was) => {
        const next = new URLSearchParams(was);
        if (text === null) next.delete('area');
        else next.set('area', text);
        return next;
      },
      { replace: true },
    );
  }, [text, setSearch]);
  const fault = item ? faultOf(item) : null;
  return { s, act, points, fault: fault === null ? null : faultWords(fault) };
}

/** The live picture to draw on. `still`: what lies over it; `says`: what stands below it while nothing is drawn. */
export function AreaPicture({
  camera,
  area: { s, act },
  still,
  says,
}: {
  camera: CameraView;
  area: Area;
  still: ReactNode;
  says: string;
}) {
  const { t } = useTranslation();
  const picture = useRef<HTMLDivElement>(null);
  const item = s.items.now[0];
  return (
    <div className="watch-picture" ref={picture}>
      <div className="watch-bar">
        {s.drawing ? (
          <DrawingTools drawing={s.drawing} act={act} />
        ) : (
          <div className="zone-tools">
            <Button
              size="xs"
              leftSection={<SquareDashed size={15} aria-hidden="true" />}
              onClick={() => {
                act({ do: 'draw', what: 'detect', name: t('motion.area') });
                picture.current?.querySelector<HTMLElement>('.zone-edit')?.focus();
              }}
            >
              {t(item ? 'motion.drawOther' : 'motion.draw')}
            </Button>
            {item ? (
              <Button
                size="xs"
                variant="default"
                onClick={() => {
                  act({ do: 'remove-item', key: item.key });
                }}
              >
                {t('motion.whole')}
              </Button>
            ) : null}
          </div>
        )}
      </div>
      <LivePicture camera={camera}>
        {still}
        <PrivacyLayer areas={camera.privacy} />
        <PictureEditor s={s} act={act} />
      </LivePicture>
      <p className="zone-says" role="status">
        {s.drawing || s.chosen !== null ? saysOf(s) : says}
      </p>
    </div>
  );
}

/** What lies on the picture while it is steered: a surface to aim on, the ring, the state of the head. */
import { ChevronDown, ChevronLeft, ChevronRight, ChevronUp } from 'lucide-react';
import { useEffect, useRef, useState, type PointerEvent as ReactPointerEvent } from 'react';
import type { CameraView } from '#domain/camera.ts';
import { boxHead, centreHead, useHeads } from '../stores/ptz.ts';
import { useTranslation } from '../text/index.ts';
import { aimOf, placeOn, type Place } from './aim.ts';
import { HeadChip } from './head-chip.tsx';
import { useSteer } from './steering.ts';
import { ringVelocity, still } from './velocity.ts';
import './steer.css';

const percent = (part: number): string => `${(part * 100).toFixed(2)}%`;
/** The mark of a click stays so long. */
const markMs = 700;

function Ring() {
  const { t } = useTranslation();
  const steer = useSteer();
  const ring = useRef<HTMLDivElement>(null);
  const [knob, setKnob] = useState<{ x: number; y: number } | null>(null);
  const turn = (e: ReactPointerEvent): void => {
    const box = ring.current?.getBoundingClientRect();
    if (!box) return;
    const radius = box.width / 2;
    const dx = e.clientX - box.left - radius;
    const dy = e.clientY - box.top - radius;
    const far = Math.hypot(dx, dy);
    const part = far > radius ? radius / far : 1;
    setKnob({ x: dx * part, y: dy * part });
    steer.hand()?.set('ring', ringVelocity(dx, dy, radius));
  };
  const letGo = (): void => {
    setKnob(null);
    steer.hand()?.set('ring', null);
  };
  return (
    <div
      ref={ring}
      className="steer-ring"
      data-held={knob !== null}
      title={t('steer.ring')}
      onPointerDown={(e) => {
        if (e.button !== 0) return;
        e.currentTarget.setPointerCapture(e.pointerId);
        turn(e);
      }}
      onPointerMove={(e) => {
        if (knob) turn(e);
      }}
      onPointerUp={letGo}
      onPointerCancel={letGo}
      onLostPointerCapture={letGo}
    >
      <ChevronUp size={16} aria-hidden="true" />
      <ChevronRight size={16} aria-hidden="true" />
      <ChevronDown size={16} aria-hidden="true" />
      <ChevronLeft size={16} aria-hidden="true" />
      <i style={knob ? { transform: `translate(${String(knob.x)}px, ${String(knob.y)}px)` } : undefined} />
    </div>
  );
}

/** A click brings its point to the middle, a drag its box into the whole picture; Escape or the right button leaves a drag. */
function Surface({ camera, aims }: { camera: CameraView; aims: boolean }) {
  const { t } = useTranslation();
  const root = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ from: Place; to: Place } | null>(null);
  const [mark, setMark] = useState<Place | null>(null);
  useEffect(() => {
    if (!mark) return;
    const timer = setTimeout(() => {
      setMark(null);
    }, markMs);
    return () => {
      clearTimeout(timer);
    };
  }, [mark]);
  const place = (e: ReactPointerEvent): Place | null => {
    const box = root.current?.getBoundingClientRect();
    return box ? placeOn(e, box) : null;
  };
  const aim = (e: ReactPointerEvent): void => {
    const box = root.current?.getBoundingClientRect();
    const to = place(e);
    setDrag(null);
    if (!drag || !box || !to) return;
    const wish = aimOf(drag.from, to, box);
    if (wish.is === 'point') {
      setMark(wish);
      void centreHead(camera.id, wish.x, wish.y);
    } else {
      const { x, y, width, height } = wish;
      void boxHead(camera.id, { x, y, width, height });
    }
  };
  return (
    <div
      ref={root}
      className="steer-surface"
      data-aims={aims}
      role="img"
      aria-label={t('steer.layer', { name: camera.name })}
      onPointerDown={(e) => {
        if (!aims || e.button !== 0) return;
        const from = place(e);
        if (!from) return;
        e.currentTarget.setPointerCapture(e.pointerId);
        setDrag({ from, to: from });
      }}
      onPointerMove={(e) => {
        const to = drag ? place(e) : null;
        if (drag && to) setDrag({ from: drag.from, to });
      }}
      onPointerUp={aim}
      onContextMenu={(e) => {
        if (!drag) return;
        e.preventDefault();
        setDrag(null);
      }}
      onPointerCancel={() => {
        setDrag(null);
      }}
    >
      {drag ? (
        <div
          className="steer-box"
          style={{
            left: percent(Math.min(drag.from.x, drag.to.x)),
            top: percent(Math.min(drag.from.y, drag.to.y)),
            width: percent(Math.abs(drag.to.x - drag.from.x)),
            height: percent(Math.abs(drag.to.y - drag.from.y)),
          }}
        />
      ) : null}
      {mark ? <div className="steer-mark" style={{ left: percent(mark.x), top: percent(mark.y) }} /> : null}
    </div>
  );
}

/** In the frame of the tile, which is as large as the picture. */
export function SteerLayer({ camera }: { camera: CameraView }) {
  const head = useHeads((s) => s.byId.get(camera.id) ?? null);
  const aims = head !== null && (head.facts.relative || head.facts.absolute);
  const steer = useSteer();
  const root = useRef<HTMLDivElement>(null);
  // React hears the wheel too late to keep the page from scrolling.
  useEffect(() => {
    const element = root.current;
    if (!element) return;
    const onWheel = (e: WheelEvent): void => {
      if (e.ctrlKey || e.deltaY === 0) return;
      e.preventDefault();
      steer.hand()?.pulse('wheel', { ...still, zoom: e.deltaY < 0 ? 1 : -1 });
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      element.removeEventListener('wheel', onWheel);
    };
  }, [steer]);
  return (
    <div
      ref={root}
      className="steer-layer"
      onDoubleClick={(e) => {
        e.stopPropagation();
      }}
    >
      <Surface camera={camera} aims={aims} />
      <Ring />
      <HeadChip camera={camera} />
    </div>
  );
}

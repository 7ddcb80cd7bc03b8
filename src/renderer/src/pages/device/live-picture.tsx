/** The camera as it looks now, beside what changes its look. */
import { useEffect, useRef, useState, type CSSProperties, type ReactNode } from 'react';
import type { CameraView } from '#domain/camera.ts';
import { chooseStream, createLivePlayer, type LiveView } from '../../player/live/index.ts';
import { checkSession } from '../../stores/session.ts';
import { useTranslation } from '../../text/index.ts';
import { PrivacyLayer } from '../../ui/privacy-layer.tsx';
import './live-picture.css';

const lookEveryMs = 500;
/** Older than this is not live. */
const staleMs = 2000;

/** `children` lie on the picture, as large as it is; with them, what is never shown is for them to show. */
export function LivePicture({ camera, children }: { camera: CameraView; children?: ReactNode }) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const latest = useRef(camera);
  const [live, setLive] = useState(false);
  const [ratio, setRatio] = useState(16 / 9);
  useEffect(() => {
    latest.current = camera;
  });
  useEffect(() => {
    const parent = box.current;
    if (!parent) return;
    const player = createLivePlayer(() => void checkSession());
    const view: LiveView = player.view();
    view.element.className = 'device-live-picture';
    parent.append(view.element);
    const look = (): void => {
      const kind = chooseStream(latest.current, parent.clientWidth * devicePixelRatio, null, false);
      view.aim({ cameraId: latest.current.id, kind, audio: false });
      const reading = view.reading();
      const ageMs = reading?.beat.ageMs == null ? null : reading.beat.ageMs + performance.now() - reading.atMs;
      setLive(ageMs !== null && ageMs < staleMs);
      if (reading && reading.beat.width > 0) setRatio(reading.beat.width / reading.beat.height);
    };
    look();
    const timer = setInterval(look, lookEveryMs);
    return () => {
      clearInterval(timer);
      view.element.remove();
      view.dispose();
      player.stop();
    };
  }, [camera.id]);
  return (
    <div className="device-live">
      <div
        className="device-live-box"
        data-live={live}
        style={{ aspectRatio: String(ratio), '--ratio': ratio } as CSSProperties}
      >
        <div
          ref={box}
          className="device-live-video"
          role="img"
          aria-label={t('deviceSettings.live', { name: camera.name })}
        />
        {children ?? <PrivacyLayer areas={camera.privacy} />}
      </div>
      {live ? null : <p className="quiet">{t('deviceSettings.liveNone')}</p>}
    </div>
  );
}

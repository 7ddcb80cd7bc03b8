/** The settings of a camera's device: its encoder, picture, overlays, metadata and clock, beside the live picture. */
import { Link } from 'wouter';
import type { CameraView } from '#domain/camera.ts';
import { useTranslation } from '../../text/index.ts';
import { ClockPart } from './clock-part.tsx';
import { EncoderPart } from './encoder-part.tsx';
import { LivePicture } from './live-picture.tsx';
import { MetadataPart } from './metadata-part.tsx';
import { OverlayPart } from './overlay-part.tsx';
import { PicturePart } from './picture-part.tsx';
import './device.css';

export function DevicePage({ camera }: { camera: CameraView }) {
  const { t } = useTranslation();
  const { name } = camera;
  const imaging = camera.device?.facts?.imaging ?? false;
  return (
    <div className="page wide">
      <div className="page-head">
        <h1>{t('deviceSettings.title', { name })}</h1>
        <div className="end">
          <Link href={`/cameras/${camera.id}`}>{t('deviceSettings.back', { name })}</Link>
        </div>
      </div>
      {camera.link === null ? (
        <p className="blank">{t('deviceSettings.noDevice', { name })}</p>
      ) : (
        <div className="device-page">
          <LivePicture camera={camera} />
          <div className="device-parts">
            {imaging ? <PicturePart camera={camera} /> : null}
            <EncoderPart camera={camera} />
            <OverlayPart camera={camera} />
            <MetadataPart camera={camera} />
            <ClockPart camera={camera} />
          </div>
        </div>
      )}
    </div>
  );
}

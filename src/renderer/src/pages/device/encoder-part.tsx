/** The encoder of one stream, from what the device offers, with what a change brings. */
import { NumberInput, SegmentedControl, Select } from '@mantine/core';
import { useState } from 'react';
import type { CameraView } from '#domain/camera.ts';
import type { VideoCodec } from '#domain/device.ts';
import type { StreamKind } from '#domain/stream.ts';
import { readEncoder, setEncoder, type EncoderNow } from '../../stores/device.ts';
import { useAsked } from '../../steer/use-asked.ts';
import { bytesOf, durationOf, numberOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { IdleButton } from '../../ui/idle-button.tsx';
import { refusalText } from '../../ui/refusal.ts';
import { tell } from '../../ui/tell.ts';
import { AskedPart } from './asked-part.tsx';
import { bytesPerDay, fitEncoder, optionOf, sameEncoder, type EncoderValues } from './encoder-values.ts';

const codecNames: Record<VideoCodec, string> = {
  h264: 'H.264',
  h265: 'H.265',
  mjpeg: 'Motion JPEG',
  mpeg4: 'MPEG-4',
  other: '?',
};
const rareMs = 4000;

function Form({
  camera,
  stream,
  now,
  onSaved,
}: {
  camera: CameraView;
  stream: StreamKind;
  now: EncoderNow;
  onSaved: (next: EncoderNow) => void;
}) {
  const { t } = useTranslation();
  const { token: _, ...present } = now.encoder;
  const [values, setValues] = useState<EncoderValues>(present);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const option = optionOf(now.options, values.codec);
  const change = (with_: Partial<EncoderValues>): void => {
    setValues({ ...values, ...with_ });
  };
  if (!option) return <p className="quiet">{t('deviceSettings.unsupported')}</p>;
  const sizeOf = (s: { width: number; height: number }): string => `${String(s.width)} × ${String(s.height)}`;
  const sizes = [...new Map(option.sizes.map((s) => [sizeOf(s), s])).values()].sort((a, b) => b.width - a.width);
  const range = (r: { min: number; max: number }): string =>
    t('deviceSettings.encoder.range', { min: numberOf(r.min), max: numberOf(r.max) });
  const keysMs = (values.keyEvery / values.fps) * 1000;
  const rates = option.bitsPerSecond;
  return (
    <form
      className="stack device-form"
      onSubmit={(e) => {
        e.preventDefault();
        setBusy(true);
        setFault(null);
        setEncoder(camera.id, stream, values).then(
          (encoder) => {
            const { token: __, ...taken } = encoder;
            tell(t(sameEncoder(taken, values) ? 'deviceSettings.encoder.saved' : 'deviceSettings.encoder.differs'));
            setValues(taken);
            setBusy(false);
            onSaved({ encoder, options: now.options });
          },
          (error: unknown) => {
            setFault(refusalText(error));
            setBusy(false);
          },
        );
      }}
    >
      <div className="pair">
        <Select
          label={t('deviceSettings.encoder.codec')}
          allowDeselect={false}
          data={now.options.map((o) => ({ value: o.codec, label: codecNames[o.codec] }))}
          value={values.codec}
          onChange={(v) => {
            const next = now.options.find((o) => o.codec === v);
            if (next) setValues(fitEncoder({ ...values, codec: next.codec }, now.options));
          }}
        />
        <Select
          label={t('deviceSettings.encoder.size')}
          allowDeselect={false}
          data={sizes.map(sizeOf)}
          value={sizeOf(values)}
          onChange={(v) => {
            const size = sizes.find((s) => sizeOf(s) === v);
            if (size) change({ width: size.width, height: size.height });
          }}
        />
      </div>
      <div className="pair">
        {option.fps.only === null ? (
          <NumberInput
            label={t('deviceSettings.encoder.fps')}
            description={range(option.fps)}
            min={option.fps.min}
            max={option.fps.max}
            value={values.fps}
            onChange={(v) => {
              if (typeof v === 'number') change({ fps: v });
            }}
          />
        ) : (
          <Select
            label={t('deviceSettings.encoder.fps')}
            allowDeselect={false}
            data={[...new Set(option.fps.only)]
              .sort((a, b) => b - a)
              .map((f) => ({ value: String(f), label: numberOf(f) }))}
            value={String(values.fps)}
            onChange={(v) => {
              if (v !== null) change({ fps: Number(v) });
            }}
          />
        )}
        <NumberInput
          label={t('deviceSettings.encoder.rate')}
          description={rates ? range({ min: rates.min / 1000, max: rates.max / 1000 }) : undefined}
          min={(rates?.min ?? 1000) / 1000}
          max={(rates?.max ?? 1e9) / 1000}
          allowDecimal={false}
          thousandSeparator=" "
          value={Math.round(values.bitsPerSecond / 1000)}
          onChange={(v) => {
            if (typeof v === 'number') change({ bitsPerSecond: v * 1000 });
          }}
        />
      </div>
      {option.keyEvery ? (
        <NumberInput
          label={`${t('deviceSettings.encoder.keys')} (${t('deviceSettings.encoder.keysUnit')})`}
          description={`${range(option.keyEvery)} · ${t('deviceSettings.encoder.keysAre', {
            time: keysMs < 10_000 ? `${numberOf(keysMs / 1000, 1)} s` : durationOf(keysMs),
          })}`}
          min={option.keyEvery.min}
          max={option.keyEvery.max}
          allowDecimal={false}
          value={values.keyEvery}
          onChange={(v) => {
            if (typeof v === 'number' && v >= 1) change({ keyEvery: v });
          }}
          maw={320}
        />
      ) : null}
      <ul className="device-effects">
        <li>{t('deviceSettings.encoder.effect')}</li>
        <li>{t('deviceSettings.encoder.storage', { perDay: bytesOf(bytesPerDay(values.bitsPerSecond)) })}</li>
        {values.codec === 'h265' ? <li>{t('deviceSettings.encoder.h265')}</li> : null}
        {keysMs > rareMs ? <li>{t('deviceSettings.encoder.rareKeys')}</li> : null}
      </ul>
      {fault === null ? null : (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      <div>
        <IdleButton type="submit" loading={busy} idle={sameEncoder(values, present)}>
          {t('deviceSettings.encoder.save')}
        </IdleButton>
      </div>
    </form>
  );
}

export function EncoderPart({ camera }: { camera: CameraView }) {
  const { t } = useTranslation();
  const [stream, setStream] = useState<StreamKind>('main');
  const asked = useAsked(`${camera.id} ${stream}`, (signal) => readEncoder(camera.id, stream, signal));
  const streams =
    camera.sub === null ? null : (
      <div>
        <SegmentedControl
          aria-label={t('deviceSettings.encoder.stream')}
          value={stream}
          onChange={(v) => {
            setStream(v === 'sub' ? 'sub' : 'main');
          }}
          data={[
            { value: 'main', label: t('deviceSettings.encoder.main') },
            { value: 'sub', label: t('deviceSettings.encoder.sub') },
          ]}
        />
      </div>
    );
  return (
    <AskedPart title={t('deviceSettings.encoder.title')} asked={asked} top={streams}>
      {(now) => <Form key={stream} camera={camera} stream={stream} now={now} onSaved={asked.put} />}
    </AskedPart>
  );
}

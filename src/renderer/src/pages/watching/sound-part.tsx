/** How this camera is listened to. What is chosen holds at once: the meter shows what it does. */
import { Button, Input, Loader, NumberInput, SegmentedControl, Switch } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import type { CameraId } from '#domain/id.ts';
import { SoundSettings } from '#domain/sound.ts';
import { useAsked } from '../../steer/use-asked.ts';
import { readSound, setSound, type CameraSound } from '../../stores/sound.ts';
import { numberOf, spanOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { codecName } from '../../ui/camera-words.ts';
import { Mark } from '../../ui/mark.tsx';
import { tellRefusal } from '../../ui/tell.ts';
import { Level } from './settings-part.tsx';
import { SoundMeter } from './sound-meter.tsx';
import './sound.css';

const Weighting = SoundSettings.shape.weighting.unwrap();
const stateEveryMs = 5_000;
/** A slider goes from 0: the threshold in whole dB above the quietest that can be set. */
const quietest = -80;

function Told({ sound, onTold }: { sound: CameraSound; onTold: (sound: CameraSound) => void }) {
  const { t } = useTranslation();
  const { cameraId: id, settings, state } = sound;
  const [moving, setMoving] = useState<number | null>(null);
  const changes = useRef(0);
  const change = (with_: Partial<SoundSettings>): void => {
    changes.current += 1;
    const mine = changes.current;
    onTold({ ...sound, settings: { ...settings, ...with_ } });
    setSound(id, { ...settings, ...with_ }).then(
      (told) => {
        // An older answer would take back what was changed since.
        if (mine === changes.current) onTold(told);
      },
      (error: unknown) => {
        if (mine === changes.current) onTold(sound);
        tellRefusal(error);
      },
    );
  };
  const number = (
    field: 'loudMs' | 'silenceS',
    { unit, min, max, label }: { unit: number; min: number; max: number; label: string },
  ) => (
    <NumberInput
      label={label}
      min={min / unit}
      max={max / unit}
      decimalScale={1}
      suffix=" s"
      key={settings[field]}
      defaultValue={settings[field] / unit}
      onBlur={(e) => {
        const value = Math.round(Number.parseFloat(e.currentTarget.value.replace(',', '.')) * unit);
        if (Number.isFinite(value) && value >= min && value <= max && value !== settings[field])
          change({ [field]: value });
      }}
    />
  );
  return (
    <div className="stack">
      <Switch
        label={t('sound.on')}
        description={t('sound.law')}
        checked={settings.on}
        onChange={(e) => {
          change({ on: e.currentTarget.checked });
        }}
      />
      {settings.on ? (
        <>
          {state.trouble === null ? null : <Mark tone="warn">{t(`sound.trouble.${state.trouble}`)}</Mark>}
          <SoundMeter
            id={id}
            settings={settings}
            thresholdDb={settings.tellLoud ? (moving ?? settings.loudDb) : null}
          />
          <Switch
            label={t('sound.tellLoud')}
            checked={settings.tellLoud}
            onChange={(e) => {
              change({ tellLoud: e.currentTarget.checked });
            }}
          />
          {settings.tellLoud ? (
            <>
              <Level
                label={t('sound.threshold')}
                hint={t('sound.thresholdHint')}
                most={-quietest}
                value={Math.round(settings.loudDb - quietest)}
                word={(v) => t('sound.db', { db: numberOf(v + quietest) })}
                onMove={(v) => {
                  setMoving(v === null ? null : v + quietest);
                }}
                onChange={(v) => {
                  change({ loudDb: v + quietest });
                }}
              />
              <div className="pair">
                {number('loudMs', { unit: 1_000, min: 0, max: 60_000, label: t('sound.loudFor') })}
                <Input.Wrapper label={t('sound.weighting')} labelElement="div" labelProps={{ id: 'sound-weighting' }}>
                  <SegmentedControl
                    aria-labelledby="sound-weighting"
                    fullWidth
                    value={settings.weighting}
                    onChange={(v) => {
                      change({ weighting: Weighting.parse(v) });
                    }}
                    data={Weighting.options.map((w) => ({ value: w, label: t(`sound.weightings.${w}`) }))}
                  />
                </Input.Wrapper>
              </div>
            </>
          ) : null}
          <Switch
            label={t('sound.tellSudden')}
            description={t('sound.tellSuddenHint')}
            checked={settings.tellSudden}
            onChange={(e) => {
              change({ tellSudden: e.currentTarget.checked });
            }}
          />
          {settings.tellSudden ? (
            <Level
              label={t('sound.rise')}
              hint={t('sound.riseHint')}
              most={54}
              value={Math.round(settings.suddenDb - 6)}
              word={(v) => `${numberOf(v + 6)} dB`}
              onChange={(v) => {
                change({ suddenDb: v + 6 });
              }}
            />
          ) : null}
          <Switch
            label={t('sound.tellSpeech')}
            description={t('sound.tellSpeechHint')}
            checked={settings.tellSpeech}
            onChange={(e) => {
              change({ tellSpeech: e.currentTarget.checked });
            }}
          />
          {settings.tellSpeech ? (
            <Switch
              label={t('sound.transcribe')}
              description={t('sound.transcribeHint')}
              checked={settings.transcribe}
              onChange={(e) => {
                change({ transcribe: e.currentTarget.checked });
              }}
            />
          ) : null}
          {settings.tellSpeech && settings.transcribe && sound.transcriber === null ? (
            <p className="quiet watch-note">
              {t('sound.noTranscriber')} <Link href="/settings/analysis/models">{t('sound.toModels')}</Link>
            </p>
          ) : null}
          <Switch
            label={t('sound.tellSilence')}
            description={t('sound.tellSilenceHint')}
            checked={settings.tellSilence}
            onChange={(e) => {
              change({ tellSilence: e.currentTarget.checked });
            }}
          />
          {settings.tellSilence ? (
            <div className="pair">
              {number('silenceS', { unit: 1, min: 5, max: 3_600, label: t('sound.silenceFor') })}
            </div>
          ) : null}
          <p className="quiet watch-note">
            {t('sound.heard', { time: spanOf(state.heardS * 1000) })}
            {state.droppedS >= 1 ? ` · ${t('sound.dropped', { seconds: numberOf(state.droppedS) })}` : ''}
            {state.codec === null ? '' : ` · ${codecName(state.codec)}`}
          </p>
        </>
      ) : null}
    </div>
  );
}

export function SoundPart({ id }: { id: CameraId }) {
  const { t } = useTranslation();
  const asked = useAsked(id, (signal) => readSound(id, signal));
  const { value, put } = asked;
  const on = value?.settings.on === true;
  // Only how it goes is taken from later answers: what is set here may be newer than they are.
  useEffect(() => {
    if (!on) return;
    const abort = new AbortController();
    const timer = setInterval(() => {
      readSound(id, abort.signal).then(
        ({ state }) => {
          if (!abort.signal.aborted) put({ ...value, state });
        },
        () => undefined, // what was read last stays; the line says that it is down
      );
    }, stateEveryMs);
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [id, on, value, put]);
  return (
    <section className="watch-settings" aria-labelledby="watch-sound">
      <h2 id="watch-sound">{t('sound.title')}</h2>
      {asked.reading ? (
        <p className="line quiet" role="status">
          <Loader size={16} aria-hidden="true" />
          {t('sound.reading')}
        </p>
      ) : null}
      {asked.fault === null ? null : (
        <div className="stack">
          <p className="fault" role="alert">
            {asked.fault}
          </p>
          <div>
            <Button variant="default" onClick={asked.again}>
              {t('app.verb.retry')}
            </Button>
          </div>
        </div>
      )}
      {value === null ? null : <Told sound={value} onTold={put} />}
    </section>
  );
}

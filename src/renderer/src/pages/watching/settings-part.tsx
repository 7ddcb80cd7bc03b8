/** How this camera is watched. What is chosen holds at once: the picture beside it shows what it does. */
import { NumberInput, SegmentedControl, Select, Slider, Switch } from '@mantine/core';
import { useId, useState } from 'react';
import type { CameraId } from '#domain/id.ts';
import { WatchSettings } from '#domain/watching.ts';
import { setWatching } from '../../stores/watching.ts';
import { numberOf, percentOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { DetectorChoice } from './detector-choice.tsx';
import { tellRefusal } from '../../ui/tell.ts';

const Mode = WatchSettings.shape.mode.unwrap();
/** Pictures a second. */
const rates = [0.2, 0.5, 1, 2, 5];
/** The slider's places: small areas matter most, so its steps grow. */
const areas = [0.0005, 0.001, 0.002, 0.004, 0.007, 0.01, 0.02, 0.04, 0.07, 0.1, 0.2];
const areaPlace = (part: number): number => {
  const at = areas.findIndex((a) => a >= part - 1e-9);
  return at < 0 ? areas.length - 1 : at;
};
const areaWord = (part: number): string => percentOf(part, part < 0.01 ? 2 : 0);

export function Level({
  label,
  hint,
  value,
  most,
  word,
  onMove,
  onChange,
}: {
  label: string;
  hint: string;
  value: number;
  most: number;
  word: (value: number) => string;
  /** Where it is while it is moved; null: it was let go. */
  onMove?: (value: number | null) => void;
  onChange: (value: number) => void;
}) {
  const id = useId();
  const [moving, setMoving] = useState<number | null>(null);
  const shown = moving ?? value;
  return (
    <div className="watch-level">
      <span className="watch-level-name" id={id}>
        {label}
      </span>
      <Slider
        min={0}
        max={most}
        step={1}
        label={null}
        value={shown}
        thumbProps={{ 'aria-labelledby': id, 'aria-valuetext': word(shown) }}
        onChange={(v) => {
          setMoving(v);
          onMove?.(v);
        }}
        onChangeEnd={(v) => {
          setMoving(null);
          onMove?.(null);
          onChange(v);
        }}
      />
      <output>{word(shown)}</output>
      <small className="quiet">{hint}</small>
    </div>
  );
}

export function SettingsPart({
  id,
  settings,
  onSet,
}: {
  id: CameraId;
  settings: WatchSettings;
  onSet: (settings: WatchSettings) => void;
}) {
  const { t } = useTranslation();
  const change = (with_: Partial<WatchSettings>): void => {
    const next = { ...settings, ...with_ };
    onSet(next);
    setWatching(id, next).then(
      (told) => {
        onSet(told.settings);
      },
      (error: unknown) => {
        onSet(settings);
        tellRefusal(error);
      },
    );
  };
  const watched = settings.mode !== 'off';
  return (
    <section className="watch-settings" aria-labelledby="watch-settings">
      <h2 id="watch-settings">{t('watching.settings.title')}</h2>
      <div className="stack">
        <SegmentedControl
          aria-label={t('watching.settings.mode')}
          fullWidth
          value={settings.mode}
          onChange={(v) => {
            change({ mode: Mode.parse(v) });
          }}
          data={Mode.options.map((m) => ({ value: m, label: t(`watching.settings.modes.${m}`) }))}
        />
        <p className="quiet watch-note">{t(`watching.settings.modeHint.${settings.mode}`)}</p>
        {watched ? (
          <>
            <Level
              label={t('watching.settings.sensitivity')}
              hint={t('watching.settings.sensitivityHint')}
              most={20}
              value={Math.round(settings.sensitivity * 20)}
              word={(v) => percentOf(v / 20)}
              onChange={(v) => {
                change({ sensitivity: v / 20 });
              }}
            />
            <Level
              label={t('watching.settings.minArea')}
              hint={t('watching.settings.minAreaHint')}
              most={areas.length - 1}
              value={areaPlace(settings.minArea)}
              word={(v) => areaWord(areas[v] ?? 0)}
              onChange={(v) => {
                change({ minArea: areas[v] ?? settings.minArea });
              }}
            />
            <Switch
              label={t('watching.settings.tellMotion')}
              description={t('watching.settings.tellMotionHint')}
              checked={settings.tellMotion}
              onChange={(e) => {
                change({ tellMotion: e.currentTarget.checked });
              }}
            />
            <div className="pair">
              <NumberInput
                label={t('watching.settings.minMotion')}
                min={0}
                max={60}
                decimalScale={1}
                suffix=" s"
                disabled={!settings.tellMotion}
                defaultValue={settings.minMotionMs / 1000}
                onBlur={(e) => {
                  const seconds = Number.parseFloat(e.currentTarget.value.replace(',', '.'));
                  const ms = Math.round(seconds * 1000);
                  if (Number.isFinite(ms) && ms >= 0 && ms <= 60_000 && ms !== settings.minMotionMs)
                    change({ minMotionMs: ms });
                }}
              />
              <Select
                label={t('watching.settings.perSecond')}
                allowDeselect={false}
                data={[...new Set([...rates, settings.perSecond])]
                  .sort((a, b) => a - b)
                  .map((r) => ({ value: String(r), label: numberOf(r, r < 1 ? 1 : 0) }))}
                value={String(settings.perSecond)}
                onChange={(v) => {
                  if (v !== null) change({ perSecond: Number(v) });
                }}
              />
            </div>
            {settings.mode === 'objects' ? (
              <DetectorChoice
                value={settings.modelId}
                onChange={(modelId) => {
                  change({ modelId });
                }}
              />
            ) : null}
            {settings.mode === 'objects' ? (
              <Switch
                label={t('watching.settings.closerLook')}
                description={t('watching.settings.closerLookHint')}
                checked={settings.closerLook}
                onChange={(e) => {
                  change({ closerLook: e.currentTarget.checked });
                }}
              />
            ) : null}
            {settings.mode === 'objects' ? (
              <Switch
                label={t('watching.settings.plates')}
                description={t('watching.settings.platesHint')}
                checked={settings.plates}
                onChange={(e) => {
                  change({ plates: e.currentTarget.checked });
                }}
              />
            ) : null}
            {settings.plates || settings.plateTells === 'unknown' ? (
              <Switch
                label={t('watching.settings.unknownPlates')}
                description={t('watching.settings.unknownPlatesHint')}
                checked={settings.plateTells === 'unknown'}
                onChange={(e) => {
                  change({ plateTells: e.currentTarget.checked ? 'unknown' : 'all' });
                }}
              />
            ) : null}
          </>
        ) : null}
      </div>
    </section>
  );
}

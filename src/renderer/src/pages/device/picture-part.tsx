/** Imaging settings: each change is made at once beside the live picture, and can be taken back. */
import { Button, SegmentedControl, Slider } from '@mantine/core';
import { Undo2 } from 'lucide-react';
import { Fragment, useEffect, useRef, useState } from 'react';
import type { CameraView } from '#domain/camera.ts';
import type { Imaging, ImagingOptions } from '#domain/imaging.ts';
import { readImaging, setImaging, type ImagingNow } from '../../stores/device.ts';
import { useAsked } from '../../steer/use-asked.ts';
import { numberOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { tell, tellRefusal } from '../../ui/tell.ts';
import { AskedPart } from './asked-part.tsx';
import { exposedKeys, exposureWords, placeOf, valueAt, type Exposed } from './exposure-values.ts';

const levels = ['brightness', 'contrast', 'saturation', 'sharpness'] as const;
const modes = ['dayNight', 'backlight', 'wideDynamicRange', 'exposure', 'whiteBalance', 'focus'] as const;
type Level = (typeof levels)[number];
type Mode = (typeof modes)[number];

const offersOf = (options: ImagingOptions): { levels: Level[]; modes: Mode[] } => ({
  levels: levels.filter((l) => options[l] !== undefined),
  modes: modes.filter((m) => (options[m]?.length ?? 0) > 1),
});
type Choice = 'on' | 'off' | 'auto' | 'manual';

/** Part of an exposure by hand. */
function ExposureLevel({
  name,
  range,
  value,
  onDrag,
  onSet,
}: {
  name: Exposed;
  range: { min: number; max: number };
  value: number;
  onDrag: (value: number) => void;
  onSet: (value: number) => void;
}) {
  const { t } = useTranslation();
  const byRatio = name === 'exposureTime';
  return (
    <div className="device-level">
      <span>{t(`deviceSettings.picture.${name}`)}</span>
      <Slider
        thumbLabel={t(`deviceSettings.picture.${name}`)}
        min={0}
        max={100}
        step={0.5}
        label={null}
        value={placeOf(value, range, byRatio)}
        onChange={(place) => {
          onDrag(valueAt(place, range, byRatio));
        }}
        onChangeEnd={(place) => {
          onSet(valueAt(place, range, byRatio));
        }}
      />
      <output aria-live="off">{exposureWords(name, value)}</output>
    </div>
  );
}

function Settings({
  camera,
  now,
  onChange,
}: {
  camera: CameraView;
  now: ImagingNow;
  onChange: (imaging: Imaging) => void;
}) {
  const { t } = useTranslation();
  const { imaging, options } = now;
  const offers = offersOf(options);
  /** What held before each change, oldest first. */
  const [past, setPast] = useState<Imaging[]>([]);
  const [dragged, setDragged] = useState<Imaging>({});
  const working = useRef(Promise.resolve());
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);
  /** One after the other: the last one told is the one that holds. */
  const send = (change: Imaging, then: () => void): void => {
    working.current = working.current.then(async () => {
      try {
        const next = await setImaging(camera.id, change);
        if (!alive.current) return;
        onChange(next);
        then();
      } catch (error) {
        tellRefusal(error);
      } finally {
        if (alive.current) setDragged({});
      }
    });
  };
  const make = (change: Imaging): void => {
    const before = Object.fromEntries(Object.keys(change).map((k) => [k, imaging[k as keyof Imaging]])) as Imaging;
    send(change, () => {
      setPast((was) => [...was, before].slice(-50));
    });
  };
  const undo = (all: boolean): void => {
    const back = all ? past : past.slice(-1);
    // The oldest of each setting is how it was.
    const change = back.reduceRight<Imaging>((sum, one) => ({ ...sum, ...one }), {});
    send(change, () => {
      setPast(all ? [] : past.slice(0, -1));
      tell(t('deviceSettings.picture.undone'));
    });
  };
  if (offers.levels.length + offers.modes.length === 0)
    return <p className="quiet">{t('deviceSettings.unsupported')}</p>;
  const wordOf = (mode: Mode, value: Choice): string =>
    mode === 'dayNight' && value === 'on'
      ? t('deviceSettings.picture.day')
      : mode === 'dayNight' && value === 'off'
        ? t('deviceSettings.picture.night')
        : t(`deviceSettings.picture.mode.${value}`);
  return (
    <div className="device-picture">
      {offers.levels.map((level) => {
        const range = options[level] ?? { min: 0, max: 100 };
        const step = (range.max - range.min) / 100 > 0.5 ? 1 : (range.max - range.min) / 100;
        const value = dragged[level] ?? imaging[level] ?? range.min;
        return (
          <div key={level} className="device-level">
            <span id={`level-${level}`}>{t(`deviceSettings.picture.${level}`)}</span>
            <Slider
              thumbLabel={t(`deviceSettings.picture.${level}`)}
              min={range.min}
              max={range.max}
              step={step}
              label={null}
              value={value}
              onChange={(v) => {
                setDragged({ ...dragged, [level]: v });
              }}
              onChangeEnd={(v) => {
                if (v !== imaging[level]) make({ [level]: v });
              }}
            />
            <output aria-live="off">{numberOf(value, step < 1 ? 1 : 0)}</output>
          </div>
        );
      })}
      {offers.modes.map((mode) => (
        <Fragment key={mode}>
          <div className="device-mode">
            <span>{t(`deviceSettings.picture.${mode}`)}</span>
            <SegmentedControl
              size="xs"
              aria-label={t(`deviceSettings.picture.${mode}`)}
              data={(options[mode] ?? []).map((value) => ({ value, label: wordOf(mode, value) }))}
              value={imaging[mode] ?? ''}
              onChange={(value) => {
                make({ [mode]: value });
              }}
            />
          </div>
          {mode === 'exposure' && imaging.exposure === 'manual'
            ? exposedKeys.map((name) => {
                const range = options[name];
                return range === undefined ? null : (
                  <ExposureLevel
                    key={name}
                    name={name}
                    range={range}
                    value={dragged[name] ?? imaging[name] ?? range.min}
                    onDrag={(v) => {
                      setDragged({ ...dragged, [name]: v });
                    }}
                    onSet={(v) => {
                      if (v !== imaging[name]) make({ [name]: v });
                    }}
                  />
                );
              })
            : null}
        </Fragment>
      ))}
      <p className="quiet">{t('deviceSettings.picture.hint')}</p>
      <div className="line">
        <Button
          variant="default"
          leftSection={<Undo2 size={15} aria-hidden="true" />}
          disabled={past.length === 0}
          onClick={() => {
            undo(false);
          }}
        >
          {t('deviceSettings.picture.undo')}
        </Button>
        <Button
          variant="default"
          disabled={past.length < 2}
          onClick={() => {
            undo(true);
          }}
        >
          {t('deviceSettings.picture.undoAll')}
        </Button>
      </div>
    </div>
  );
}

export function PicturePart({ camera }: { camera: CameraView }) {
  const { t } = useTranslation();
  const asked = useAsked(camera.id, (signal) => readImaging(camera.id, signal));
  return (
    <AskedPart title={t('deviceSettings.picture.title')} asked={asked}>
      {(now) => (
        <Settings
          camera={camera}
          now={now}
          onChange={(imaging) => {
            asked.put({ imaging, options: now.options });
          }}
        />
      )}
    </AskedPart>
  );
}

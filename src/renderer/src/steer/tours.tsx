/** Rounds through positions: start, stop, make and change. */
import { Button, NumberInput, Select, TextInput } from '@mantine/core';
import { ArrowDown, ArrowUp, Pencil, Play, Plus, Square, X } from 'lucide-react';
import { useState } from 'react';
import type { CameraView } from '#domain/camera.ts';
import type { PtzTour } from '#domain/ptz.ts';
import { removeTour, saveTour, startTour, stopTour, type Head } from '../stores/ptz.ts';
import { durationOf } from '../text/format.ts';
import { useTranslation } from '../text/index.ts';
import { Dialog } from '../ui/dialog.tsx';
import { refusalText } from '../ui/refusal.ts';
import { presetName } from './head-chip.tsx';

const usualStayMs = 10_000;
type Stop = { key: number; preset: string; stayMs: number };

function Editor({
  camera,
  head,
  tour,
  onClose,
}: {
  camera: CameraView;
  head: Head;
  /** null: a new one. */
  tour: PtzTour | null;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [name, setName] = useState(tour?.name ?? '');
  const [stops, setStops] = useState<Stop[]>(() =>
    (tour?.stops ?? head.presets.slice(0, 2).map((p) => ({ preset: p.token, stayMs: usualStayMs }))).map((s, key) => ({
      ...s,
      key,
    })),
  );
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const data = head.presets.map((p) => ({ value: p.token, label: p.name === '' ? p.token : p.name }));
  const change = (key: number, with_: Partial<Stop>): void => {
    setStops(stops.map((s) => (s.key === key ? { ...s, ...with_ } : s)));
  };
  const swap = (a: number, b: number): void => {
    const next = [...stops];
    const [x, y] = [next[a], next[b]];
    if (!x || !y) return;
    next[a] = y;
    next[b] = x;
    setStops(next);
  };
  const run = (work: () => Promise<void>): void => {
    setBusy(true);
    setFault(null);
    work().then(onClose, (error: unknown) => {
      setFault(refusalText(error));
      setBusy(false);
    });
  };
  const usable = name.trim() !== '' && stops.length >= 2 && stops.every((s) => data.some((d) => d.value === s.preset));
  return (
    <Dialog
      opened
      onClose={onClose}
      title={tour === null ? t('steer.tour.add') : t('steer.tour.edit', { name: tour.name })}
      size={560}
      centered
    >
      <div className="stack">
        <TextInput
          data-autofocus
          label={t('steer.tour.name')}
          maxLength={80}
          value={name}
          onChange={(e) => {
            setName(e.currentTarget.value);
          }}
        />
        <ol className="steer-stops" aria-label={t('steer.tour.stops')}>
          {stops.map((stop, i) => (
            <li key={stop.key}>
              <Select
                aria-label={t('steer.tour.nth', { n: i + 1 })}
                data={
                  data.some((d) => d.value === stop.preset)
                    ? data
                    : [...data, { value: stop.preset, label: t('steer.tour.gone'), disabled: true }]
                }
                allowDeselect={false}
                value={stop.preset}
                onChange={(preset) => {
                  if (preset !== null) change(stop.key, { preset });
                }}
              />
              <NumberInput
                aria-label={`${t('steer.tour.nth', { n: i + 1 })}${t('app.sign.colon')}${t('steer.tour.stay')}`}
                title={t('steer.tour.stay')}
                min={1}
                max={3600}
                allowDecimal={false}
                suffix=" s"
                value={stop.stayMs / 1000}
                onChange={(v) => {
                  if (typeof v === 'number' && v >= 1 && v <= 3600) change(stop.key, { stayMs: v * 1000 });
                }}
              />
              <button
                type="button"
                className="tool"
                aria-label={`${t('steer.tour.nth', { n: i + 1 })}${t('app.sign.colon')}${t('steer.tour.up')}`}
                disabled={i === 0}
                onClick={() => {
                  swap(i, i - 1);
                }}
              >
                <ArrowUp size={15} aria-hidden="true" />
              </button>
              <button
                type="button"
                className="tool"
                aria-label={`${t('steer.tour.nth', { n: i + 1 })}${t('app.sign.colon')}${t('steer.tour.down')}`}
                disabled={i === stops.length - 1}
                onClick={() => {
                  swap(i, i + 1);
                }}
              >
                <ArrowDown size={15} aria-hidden="true" />
              </button>
              <button
                type="button"
                className="tool"
                aria-label={t('steer.tour.removeStop', { n: i + 1 })}
                disabled={stops.length <= 2}
                onClick={() => {
                  setStops(stops.filter((s) => s.key !== stop.key));
                }}
              >
                <X size={15} aria-hidden="true" />
              </button>
            </li>
          ))}
        </ol>
        <div>
          <button
            type="button"
            className="tool tool-chip"
            disabled={stops.length >= 64}
            onClick={() => {
              const first = head.presets[0];
              if (!first) return;
              const key = Math.max(0, ...stops.map((s) => s.key)) + 1;
              setStops([...stops, { key, preset: first.token, stayMs: stops.at(-1)?.stayMs ?? usualStayMs }]);
            }}
          >
            <Plus size={14} aria-hidden="true" />
            {t('steer.tour.addStop')}
          </button>
        </div>
        <p className="quiet">{t('steer.tour.hint')}</p>
        {fault === null ? null : (
          <p className="fault" role="alert">
            {fault}
          </p>
        )}
        <div className="line">
          <Button
            disabled={!usable}
            loading={busy}
            onClick={() => {
              run(async () => {
                const made = { name: name.trim(), stops: stops.map(({ preset, stayMs }) => ({ preset, stayMs })) };
                await saveTour(camera.id, made);
                if (tour !== null && tour.name !== made.name) await removeTour(camera.id, tour.name);
              });
            }}
          >
            {t('app.verb.save')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('app.verb.cancel')}
          </Button>
          {tour === null ? null : (
            <Button
              className="danger steer-end"
              disabled={busy}
              onClick={() => {
                run(() => removeTour(camera.id, tour.name));
              }}
            >
              {t('steer.tour.remove')}
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
}

export function Tours({ camera, head }: { camera: CameraView; head: Head }) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState<{ tour: PtzTour | null } | null>(null);
  if (head.facts.presets === 0 && head.presets.length === 0) return null;
  const { touring, tours } = head;
  const at = touring === null ? null : presetName(head, touring.preset);
  return (
    <section className="steer-part">
      <h3>{t('steer.tours')}</h3>
      {tours.length === 0 ? (
        <p className="quiet">{head.presets.length < 2 ? t('steer.toursFew') : t('steer.toursNone')}</p>
      ) : null}
      <ul className="steer-presets">
        {tours.map((tour) => {
          const runs = touring?.name === tour.name;
          const roundMs = tour.stops.reduce((sum, s) => sum + s.stayMs, 0);
          const fact =
            runs && at !== null ? at : t('steer.tour.fact', { stops: tour.stops.length, time: durationOf(roundMs) });
          return (
            <li key={tour.name} data-runs={runs}>
              <button
                type="button"
                className="steer-go"
                aria-label={
                  runs
                    ? `${t('steer.tour.stop')}${t('app.sign.colon')}${tour.name} ${fact}`
                    : `${t('steer.tour.start', { name: tour.name })} ${fact}`
                }
                onClick={() => {
                  void (runs ? stopTour(camera.id) : startTour(camera.id, tour.name));
                }}
              >
                {runs ? <Square size={13} aria-hidden="true" /> : <Play size={13} aria-hidden="true" />}
                <span>
                  {tour.name}
                  <small>{fact}</small>
                </span>
              </button>
              <button
                type="button"
                className="tool"
                aria-label={t('steer.tour.edit', { name: tour.name })}
                onClick={() => {
                  setEditing({ tour });
                }}
              >
                <Pencil size={14} aria-hidden="true" />
              </button>
            </li>
          );
        })}
      </ul>
      {head.presets.length >= 2 && tours.length < 32 ? (
        <div className="steer-line">
          <button
            type="button"
            className="tool tool-chip"
            onClick={() => {
              setEditing({ tour: null });
            }}
          >
            <Plus size={14} aria-hidden="true" />
            {t('steer.tour.add')}
          </button>
        </div>
      ) : null}
      {editing === null ? null : (
        <Editor
          camera={camera}
          head={head}
          tour={editing.tour}
          onClose={() => {
            setEditing(null);
          }}
        />
      )}
    </section>
  );
}

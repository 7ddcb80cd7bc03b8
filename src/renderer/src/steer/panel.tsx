/** Beside the wall while a camera is commanded: everything that its device can do, in one place. */
import { Slider } from '@mantine/core';
import { Minus, Plus, X } from 'lucide-react';
import { useState } from 'react';
import type { CameraView } from '#domain/camera.ts';
import type { Imaging } from '#domain/imaging.ts';
import { readFacts, readImaging, setImaging } from '../stores/device.ts';
import { setSteerSpeed, takeLock, useHeads, useSteering, type Head } from '../stores/ptz.ts';
import { useMay } from '../stores/session.ts';
import { clockOf, numberOf, percentOf } from '../text/format.ts';
import { useTranslation } from '../text/index.ts';
import { useKeyLabel } from '../ui/key-words.ts';
import { tellRefusal } from '../ui/tell.ts';
import { Extras, Outputs } from './extras.tsx';
import { focusOf } from './focus-hand.ts';
import { useHeadTrouble } from './head-chip.tsx';
import { HoldButton } from './hold-button.tsx';
import { positionWords } from './position-words.ts';
import { Presets } from './presets.tsx';
import { abilitiesOf, useSteer } from './steering.ts';
import { TalkPart } from './talk-part.tsx';
import { Tours } from './tours.tsx';
import { useAsked } from './use-asked.ts';
import { usePad } from './use-pad.ts';
import { still } from './velocity.ts';
import './steer.css';

function HeadState({ camera, head }: { camera: CameraView; head: Head | null }) {
  const { t } = useTranslation();
  const mayTake = useMay('administrator');
  const trouble = useHeadTrouble(camera);
  const pad = usePad(useSteer(), camera.id);
  const other = head?.lock && !head.lock.mine ? head.lock : null;
  const aims = head !== null && (head.facts.relative || head.facts.absolute);
  return (
    <section className="steer-part steer-state">
      {other ? (
        <div className="steer-other">
          <p>{t('steer.otherMore', { name: other.name, time: clockOf(other.sinceMs) })}</p>
          {mayTake ? (
            <button
              type="button"
              className="tool tool-chip"
              onClick={() => {
                void takeLock(camera.id);
              }}
            >
              {t('steer.takeOver')}
            </button>
          ) : null}
        </div>
      ) : null}
      <dl className="steer-facts">
        <dt>{t('steer.state')}</dt>
        <dd>
          {head === null
            ? t('steer.readingHead')
            : [
                other ? t('steer.other', { name: other.name }) : t(head.lock ? 'steer.mine' : 'steer.free'),
                ...(head.status === null ? [] : [t(head.status.moving ? 'steer.moving' : 'steer.resting')]),
              ].join(', ')}
        </dd>
        {head === null ? null : (
          <>
            <dt>{t('steer.position')}</dt>
            <dd>{positionWords(head) ?? t('steer.noPosition')}</dd>
          </>
        )}
      </dl>
      <p className="quiet">{t(aims ? 'steer.hint' : 'steer.hintPlain')}</p>
      {pad === null ? null : <p className="quiet steer-pad">{t('steer.pad', { name: pad })}</p>}
      {trouble === null ? null : <p className="fault">{trouble}</p>}
    </section>
  );
}

function ZoomAndSpeed({ head }: { head: Head | null }) {
  const { t } = useTranslation();
  const label = useKeyLabel();
  const steer = useSteer();
  const speed = useSteering((s) => s.speed);
  const zoom = (to: 1 | -1) => () => {
    const hand = steer.hand();
    hand?.set('button', { ...still, zoom: to });
    return () => {
      hand?.set('button', null);
    };
  };
  return (
    <section className="steer-part steer-grid">
      <span id="steer-speed">{t('steer.speed')}</span>
      <Slider
        aria-labelledby="steer-speed"
        thumbLabel={t('steer.speed')}
        min={0.05}
        max={1}
        step={0.05}
        label={percentOf}
        value={speed}
        onChange={setSteerSpeed}
      />
      {head?.facts.zoom === false ? null : (
        <>
          <span>{t('steer.zoom')}</span>
          <span className="steer-pair">
            <HoldButton label={label(t('steer.zoomOut'), 'zoomOut')} hold={zoom(-1)}>
              <Minus size={15} aria-hidden="true" />
            </HoldButton>
            <HoldButton label={label(t('steer.zoomIn'), 'zoomIn')} hold={zoom(1)}>
              <Plus size={15} aria-hidden="true" />
            </HoldButton>
          </span>
        </>
      )}
    </section>
  );
}

/** By hand: from open to closed. */
function Iris({
  range,
  value,
  onSet,
}: {
  range: { min: number; max: number };
  value: number;
  onSet: (value: number) => Promise<void>;
}) {
  const { t } = useTranslation();
  /** Where the hand is, until the device has answered: the next key goes on from there. */
  const [dragged, setDragged] = useState<number | null>(null);
  return (
    <span className="steer-iris">
      <Slider
        thumbLabel={t('steer.irisValue')}
        min={range.min}
        max={range.max}
        step={(range.max - range.min) / 40}
        label={(at) => `${numberOf(at, 1)} dB`}
        value={dragged ?? value}
        onChange={setDragged}
        onChangeEnd={(at) => {
          if (at === value) setDragged(null);
          else
            void onSet(at).finally(() => {
              setDragged((now) => (now === at ? null : now));
            });
        }}
      />
      <span className="quiet" aria-hidden="true">
        <span>{t('steer.irisOpen')}</span>
        <span>{t('steer.irisClosed')}</span>
      </span>
    </span>
  );
}

function Lens({ camera }: { camera: CameraView }) {
  const { t } = useTranslation();
  const label = useKeyLabel();
  const asked = useAsked(camera.id, (signal) => readImaging(camera.id, signal));
  const now = asked.value;
  if (!now) return null;
  const { imaging, options } = now;
  const set = (change: Imaging): Promise<void> =>
    setImaging(camera.id, change).then((next) => {
      asked.put({ imaging: next, options });
    }, tellRefusal);
  const choose = (change: Imaging) => () => {
    void set(change);
  };
  const modes = options.focus ?? [];
  const exposures = options.exposure ?? [];
  if (!options.focusMove && !modes.includes('auto') && exposures.length < 2) return null;
  return (
    <section className="steer-part steer-grid">
      {options.focusMove || modes.includes('auto') ? (
        <>
          <span>{t('steer.focus')}</span>
          <span className="steer-pair">
            {options.focusMove ? (
              <>
                <HoldButton label={label(t('steer.focusNear'), 'focusNear')} hold={() => focusOf(camera.id).hold(-1)}>
                  {t('steer.near')}
                </HoldButton>
                <HoldButton label={label(t('steer.focusFar'), 'focusFar')} hold={() => focusOf(camera.id).hold(1)}>
                  {t('steer.far')}
                </HoldButton>
              </>
            ) : null}
            {modes.includes('auto') ? (
              <button
                type="button"
                className="steer-hold"
                aria-pressed={imaging.focus === 'auto'}
                onClick={choose({ focus: imaging.focus === 'auto' && modes.includes('manual') ? 'manual' : 'auto' })}
              >
                {t('steer.focusAuto')}
              </button>
            ) : null}
          </span>
        </>
      ) : null}
      {exposures.length > 1 ? (
        <>
          <span id="steer-iris">{t(options.iris ? 'steer.iris' : 'steer.exposure')}</span>
          <span className="steer-choice" role="group" aria-labelledby="steer-iris">
            {exposures.map((mode) => (
              <button
                key={mode}
                type="button"
                aria-pressed={imaging.exposure === mode}
                onClick={choose({ exposure: mode })}
              >
                {t(`steer.${mode}`)}
              </button>
            ))}
          </span>
          {options.iris && imaging.exposure === 'manual' ? (
            <Iris range={options.iris} value={imaging.iris ?? options.iris.min} onSet={(iris) => set({ iris })} />
          ) : null}
        </>
      ) : null}
    </section>
  );
}

export function SteerPanel({ camera }: { camera: CameraView }) {
  const { t } = useTranslation();
  const label = useKeyLabel();
  const steer = useSteer();
  const head = useHeads((s) => s.byId.get(camera.id) ?? null);
  const can = abilitiesOf(camera);
  const facts = useAsked(camera.id, (signal) => readFacts(camera.id, signal));
  const summary = camera.device?.facts ?? null;
  const title = can.head ? t('steer.title', { name: camera.name }) : camera.name;
  return (
    <aside className="steer-panel" aria-label={title} data-camera={camera.id}>
      <header>
        <h2>{title}</h2>
        <button
          type="button"
          className="tool"
          aria-label={label(t(can.head ? 'steer.stopSteering' : 'app.verb.close'), 'steer')}
          onClick={steer.end}
        >
          <X size={16} aria-hidden="true" />
        </button>
      </header>
      <div className="steer-parts">
        {can.head ? (
          <>
            <HeadState camera={camera} head={head} />
            <ZoomAndSpeed head={head} />
          </>
        ) : null}
        {summary?.imaging === true ? <Lens camera={camera} /> : null}
        {can.talk ? <TalkPart camera={camera} /> : null}
        {can.head && head ? <Presets camera={camera} head={head} /> : null}
        {can.head && head ? <Tours camera={camera} head={head} /> : null}
        {facts.value ? <Extras camera={camera} commands={facts.value.auxiliary} /> : null}
        {(summary?.relays ?? 0) > 0 ? <Outputs camera={camera} /> : null}
        {facts.reading ? (
          <p className="steer-part quiet" role="status">
            {t('steer.factsReading')}
          </p>
        ) : null}
        {facts.fault === null ? null : (
          <p className="steer-part fault" role="alert">
            {facts.fault}
          </p>
        )}
      </div>
    </aside>
  );
}

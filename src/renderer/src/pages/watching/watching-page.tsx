/** How a camera is watched: zones and lines on its live picture, what they tell, and how the gate is tuned by what it shows. */
import { Button, Loader, Switch } from '@mantine/core';
import { useEffect, useMemo, useReducer, useRef, useState, type KeyboardEvent } from 'react';
import { Link } from 'wouter';
import type { CameraView } from '#domain/camera.ts';
import type { LineId } from '#domain/id.ts';
import type { LineCount } from '#domain/watching.ts';
import { useAsked } from '../../steer/use-asked.ts';
import { useWatchStates } from '../../stores/looks.ts';
import { readRecordingSettings } from '../../stores/recording.ts';
import { readWatching, type CameraWatching } from '../../stores/watching.ts';
import { useTranslation } from '../../text/index.ts';
import { IdleButton } from '../../ui/idle-button.tsx';
import { PrivacyLayer } from '../../ui/privacy-layer.tsx';
import { isRefusal, refusalText } from '../../ui/refusal.ts';
import { tell } from '../../ui/tell.ts';
import { LookLayer } from '../../wall/look-layer.tsx';
import { useLook } from '../../wall/use-look.ts';
import { LivePicture } from '../device/live-picture.tsx';
import { EditTools } from './edit-tools.tsx';
import { beginEditing, chosenOf, drawnBefore, stepEditing, type Edit, type Editing } from './editing.ts';
import { saysOf } from './editing-words.ts';
import { ItemList } from './item-list.tsx';
import {
  changesOf,
  faultOf,
  knownOf,
  nothingKnown,
  pointsOf,
  whatOf,
  type Item,
  type Known,
  type What,
} from './items.ts';
import { keepDraft, keptDraft } from './kept-draft.ts';
import { LineForm } from './line-form.tsx';
import { LineTotalsPart } from './line-totals.tsx';
import { PictureEditor } from './picture-editor.tsx';
import { saveDrawn } from './save-drawn.ts';
import { SettingsPart } from './settings-part.tsx';
import { SoundPart } from './sound-part.tsx';
import { StateLine } from './state-line.tsx';
import { ZoneForm } from './zone-form.tsx';
import './watching.css';

/** Begins with what was drawn before a reload, as one step that can be taken back. */
function begin({ known, kept }: { known: Known; kept: Editing['items']['now'] | null }): Editing {
  const s = beginEditing(known.items);
  if (kept === null) return s;
  return { ...s, items: { ...s.items, past: [known.items], now: kept }, drawn: drawnBefore(kept) };
}

/** The first free of Zone 1, Zone 2 … */
function freeName(items: Editing['items']['now'], name: (n: number) => string): string {
  const taken = new Set(items.map((i) => i.draft.name));
  let n = 1;
  while (taken.has(name(n))) n += 1;
  return name(n);
}

function Form({ item, known, act }: { item: Item; known: Known; act: (edit: Edit) => void }) {
  const change = (next: Item, field: string): void => {
    act({ do: 'change', item: next, field });
  };
  if (item.is === 'zone') return <ZoneForm item={item} onChange={change} />;
  const others: { id: LineId; name: string }[] = known.items.flatMap((other) => {
    const id = known.ids.get(other.key);
    return other.is === 'line' && other.key !== item.key && id?.is === 'line'
      ? [{ id: id.id, name: other.draft.name }]
      : [];
  });
  return (
    <LineForm
      item={item}
      others={others}
      onChange={change}
      onTurn={() => {
        act({ do: 'turn' });
      }}
    />
  );
}

function Drawn({ camera, start }: { camera: CameraView; start: CameraWatching }) {
  const { t } = useTranslation();
  const [known, setKnown] = useState<Known>(() => knownOf(start.zones, start.lines, nothingKnown));
  const [kept] = useState(() => keptDraft(camera.id, known));
  const [s, step] = useReducer(stepEditing, { known, kept }, begin);
  const [settings, setSettings] = useState(start.settings);
  const [shows, setShows] = useState({ motion: true, tracks: true });
  const [asShown, setAsShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const look = useLook(camera.id, settings.mode !== 'off');
  const page = useRef<HTMLDivElement>(null);
  const { now: items } = s.items;
  const changes = useMemo(() => changesOf(known, items), [known, items]);
  const black = useMemo(() => items.flatMap((i) => (whatOf(i) === 'privacy' ? [pointsOf(i)] : [])), [items]);
  const previews = asShown && black.length > 0;
  const act = (edit: Edit): void => {
    // Whoever draws sees what is drawn.
    setAsShown(false);
    step(edit);
  };
  const states = useWatchStates((s) => s.byId);
  const countOf = (key: string): LineCount | null => {
    const id = known.ids.get(key)?.id;
    return states.get(camera.id)?.state.lines.find((c) => c.lineId === id) ?? null;
  };
  const faulty = items.find((i) => faultOf(i) !== null);
  const chosen = chosenOf(s);
  /** Of a line that the station counts at. */
  const counted = known.items.find((i) => i.key === chosen?.key);
  const countedId = counted?.is === 'line' && counted.draft.countsIn !== null ? known.ids.get(counted.key) : undefined;

  useEffect(() => {
    keepDraft(camera.id, known, items);
  }, [camera.id, known, items]);
  const nameFor = (what: What): string =>
    freeName(items, (n) => t(what === 'line' ? 'watching.lineName' : `watching.zoneName.${what}`, { n }));
  const toPicture = (): void => {
    // After the menu has given the focus back.
    requestAnimationFrame(() => page.current?.querySelector<HTMLElement>('.zone-edit')?.focus());
  };
  const onDraw = (what: What): void => {
    act({ do: 'draw', what, name: nameFor(what) });
    toPicture();
  };
  const reload = (): void => {
    setBusy(true);
    readWatching(camera.id)
      .then(
        (now) => {
          const next = knownOf(now.zones, now.lines, known);
          setKnown(next);
          act({ do: 'take', items: next.items, afresh: true });
          setSettings(now.settings);
          setFault(null);
        },
        (error: unknown) => {
          setFault(refusalText(error));
        },
      )
      .finally(() => {
        setBusy(false);
      });
  };
  const save = (): void => {
    setBusy(true);
    setFault(null);
    saveDrawn(camera.id, known, items)
      .then(
        ({ known: next, error }) => {
          setKnown(next);
          if (error === null) {
            act({ do: 'take', items: next.items, afresh: false });
            tell(t('watching.saved', { name: camera.name }));
          } else setFault(isRefusal(error, 'CONFLICT') ? t('watching.conflict') : refusalText(error));
        },
        (error: unknown) => {
          setFault(refusalText(error));
        },
      )
      .finally(() => {
        setBusy(false);
      });
  };
  const onKey = (e: KeyboardEvent): void => {
    if (!(e.ctrlKey || e.metaKey) || e.altKey) return;
    // In a field it takes back what is typed there.
    if (e.target instanceof Element && e.target.closest('input, textarea')) return;
    const key = e.key.toLowerCase();
    if (key !== 'z' && key !== 'y') return;
    e.preventDefault();
    act({ do: key === 'y' || e.shiftKey ? 'redo' : 'undo' });
  };
  return (
    <div className="watch-page" ref={page} onKeyDown={onKey}>
      <div className="watch-picture">
        <div className="watch-bar">
          <EditTools s={s} act={act} onDraw={onDraw} nameFor={nameFor} />
          <div className="watch-shows">
            <Switch
              size="xs"
              label={t('watching.show.motion')}
              checked={shows.motion}
              disabled={previews}
              onChange={(e) => {
                setShows({ ...shows, motion: e.currentTarget.checked });
              }}
            />
            <Switch
              size="xs"
              label={t('watching.show.tracks')}
              checked={shows.tracks}
              disabled={previews || settings.mode !== 'objects'}
              onChange={(e) => {
                setShows({ ...shows, tracks: e.currentTarget.checked });
              }}
            />
            {black.length === 0 ? null : (
              <Switch
                size="xs"
                label={t('watching.show.asShown')}
                checked={previews}
                onChange={(e) => {
                  setAsShown(e.currentTarget.checked);
                }}
              />
            )}
          </div>
        </div>
        <LivePicture camera={camera}>
          {previews ? (
            <PrivacyLayer areas={black} />
          ) : (
            <>
              {look !== null && (shows.motion || shows.tracks) ? (
                <LookLayer look={shows.tracks ? look : { ...look, tracks: [] }} cells={shows.motion} />
              ) : null}
              <PictureEditor s={s} act={act} />
            </>
          )}
        </LivePicture>
        <p className="zone-says" role="status">
          {previews ? t(changes.length === 0 ? 'watching.asShown' : 'watching.asShownOnceSaved') : saysOf(s)}
        </p>
        <StateLine id={camera.id} look={look} on={settings.mode !== 'off'} />
      </div>
      <div className="watch-side">
        <section className="watch-list" aria-labelledby="watch-items">
          <h2 id="watch-items">{t('watching.items')}</h2>
          <ItemList
            items={items}
            counts={countOf}
            chosen={s.chosen}
            onChoose={(key) => {
              act({ do: 'choose', key: key === s.chosen ? null : key });
            }}
          />
          {kept !== null && changes.length > 0 && s.items.past.length === 1 ? (
            <p className="quiet watch-note" role="status">
              {t('watching.keptDraft')}
            </p>
          ) : null}
          <div className="watch-save" data-on={changes.length > 0}>
            {fault === null ? null : (
              <p className="fault" role="alert">
                {fault}
              </p>
            )}
            {faulty && changes.length > 0 ? (
              <p className="fault">{t('watching.faulty', { name: faulty.draft.name })}</p>
            ) : null}
            <div className="line">
              <IdleButton loading={busy} idle={changes.length === 0 || faulty !== undefined} onClick={save}>
                {t('app.verb.save')}
              </IdleButton>
              <IdleButton variant="default" idle={busy || (changes.length === 0 && fault === null)} onClick={reload}>
                {t('watching.discard')}
              </IdleButton>
              <span className="quiet" role="status">
                {changes.length === 0 ? t('watching.allSaved') : t('watching.unsaved', { count: changes.length })}
              </span>
            </div>
          </div>
        </section>
        {chosen && !s.drawing ? (
          <section className="watch-form" aria-labelledby="watch-form">
            <h2 id="watch-form">{t(chosen.is === 'line' ? 'watching.lineTitle' : 'watching.zoneTitle')}</h2>
            <Form key={chosen.key} item={chosen} known={known} act={act} />
          </section>
        ) : null}
        {countedId?.is === 'line' && !s.drawing ? (
          <section className="watch-form" aria-labelledby="watch-totals">
            <h2 id="watch-totals">{t('watching.totals.title')}</h2>
            <LineTotalsPart key={countedId.id} cameraId={camera.id} lineId={countedId.id} />
          </section>
        ) : null}
        <SettingsPart id={camera.id} settings={settings} onSet={setSettings} />
        <SoundPart id={camera.id} />
      </div>
    </div>
  );
}

export function WatchingPage({ camera }: { camera: CameraView }) {
  const { t } = useTranslation();
  const { name } = camera;
  const asked = useAsked(camera.id, (signal) => readWatching(camera.id, signal));
  useEffect(() => {
    const abort = new AbortController();
    // Without them no schedule is offered; all else works.
    readRecordingSettings(abort.signal).catch(() => undefined);
    return () => {
      abort.abort();
    };
  }, []);
  return (
    <div className="page watch-whole">
      <div className="page-head">
        <h1>{t('watching.title', { name })}</h1>
        <div className="end">
          <Link href={`/?camera=${camera.id}`}>{t('cameras.show')}</Link>
          <Link href={`/cameras/${camera.id}`}>{t('watching.toCamera', { name })}</Link>
        </div>
      </div>
      {asked.reading ? (
        <p className="line quiet" role="status">
          <Loader size={16} aria-hidden="true" />
          {t('watching.reading')}
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
      {asked.value === null ? null : <Drawn camera={camera} start={asked.value} />}
    </div>
  );
}

/** One camera on the wall. */
import { Tooltip } from '@mantine/core';
import {
  Camera as CameraIcon,
  CircleDot,
  History,
  Info,
  Joystick,
  Maximize2,
  Mic,
  Minimize2,
  ScanSearch,
  SlidersHorizontal,
  Square,
  Volume2,
  VolumeX,
} from 'lucide-react';
import { useEffect, useRef, useState, type CSSProperties, type DragEvent, type ReactNode } from 'react';
import type { CameraView } from '#domain/camera.ts';
import { stationNowMs } from '../client/index.ts';
import type { Beat } from '../player/live/index.ts';
import { HeadChip } from '../steer/head-chip.tsx';
import { HoldButton } from '../steer/hold-button.tsx';
import { SteerLayer } from '../steer/layer.tsx';
import { abilitiesOf, useSteer } from '../steer/steering.ts';
import { TalkChip } from '../steer/talk-part.tsx';
import { toggleObjects, useShownObjects } from '../stores/objects.ts';
import { useWatchStates } from '../stores/looks.ts';
import { useMay } from '../stores/session.ts';
import { durationOf, sinceOf } from '../text/format.ts';
import { useTranslation } from '../text/index.ts';
import { mainOf, stateOf } from '../ui/camera-words.ts';
import { useKeyLabel } from '../ui/key-words.ts';
import { Mark, type Tone } from '../ui/mark.tsx';
import { PrivacyLayer } from '../ui/privacy-layer.tsx';
import { RecordingMark, toggleManual } from './recording-mark.tsx';
import { LookLayer } from './look-layer.tsx';
import { ObjectLayer } from './object-layer.tsx';
import { TileButton } from './tile-button.tsx';
import { TileDetails } from './tile-details.tsx';
import type { Liveness } from './liveness.ts';
import { saveSnapshot } from './snapshot.ts';
import { useLive, type TileLive } from './use-live.ts';
import { useLook } from './use-look.ts';
import { usePast } from './use-past.ts';

export type TileDoes = {
  focus(): void;
  alone(): void;
  toggleDetails(): void;
  listen(on: boolean): void;
  /** Another tile's camera was dropped here. */
  drop(from: number): void;
};

export type TileProps = {
  camera: CameraView;
  tile: number;
  focused: boolean;
  isAlone: boolean;
  detailed: boolean;
  listening: boolean;
  playback: boolean;
  does: TileDoes;
};

const age = (ms: number): string => durationOf(ms);

/** Tones of which the mark of the recording says as much. */
const told: readonly Tone[] = ['ok', 'rec', 'armed'];

/** What the tile's corner says: shape and word. */
function Corner({ camera, live, sounds }: { camera: CameraView; live: TileLive; sounds: boolean }) {
  const { t } = useTranslation();
  const { liveness, lineUp } = live;
  const state = stateOf(camera);
  const marks: ReactNode[] = [];
  if (sounds)
    marks.push(
      <span key="sounds" className="tile-note tile-sounds" title={t('wall.tile.sounds')}>
        <Volume2 size={14} aria-hidden="true" />
        <span className="away">{t('wall.tile.sounds')}</span>
      </span>,
    );
  if (liveness.is === 'live' && live.beat?.transcoded === true)
    marks.push(
      <Tooltip
        key="transcoded"
        label={t(live.beat.blackened ? 'wall.tile.blackenedWhy' : 'wall.tile.transcodedWhy')}
        multiline
        w={260}
      >
        <span className="tile-note">{t('wall.tile.transcoded')}</span>
      </Tooltip>,
    );
  if (live.beat?.keysOnly === true)
    marks.push(
      <Tooltip key="keys" label={t('wall.tile.keysOnlyWhy')} multiline w={260}>
        <span className="tile-note">{t('wall.tile.keysOnly')}</span>
      </Tooltip>,
    );
  // Who works at it knows that it is away: nothing red.
  if (camera.maintenance !== null && liveness.is !== 'live') return <Mark tone="off">{state.word}</Mark>;
  switch (liveness.is) {
    case 'live':
      return (
        <>
          {marks}
          <RecordingMark camera={camera} />
          {told.includes(state.tone) ? null : <Mark tone={state.tone}>{state.word}</Mark>}
        </>
      );
    case 'loading':
      return <Mark tone="off">{lineUp ? t('wall.tile.loading') : t('wall.tile.lineDown')}</Mark>;
    case 'stale':
      return (
        <>
          {marks}
          <Mark tone="warn">{t('wall.tile.notLive', { age: age(liveness.ageMs) })}</Mark>
        </>
      );
    case 'lost':
      return (
        <Mark tone="bad">
          {liveness.ageMs === null ? state.word : t('wall.tile.notLive', { age: age(liveness.ageMs) })}
        </Mark>
      );
    case 'unshown':
      return <Mark tone="warn">{t('wall.tile.cannot')}</Mark>;
    case 'off':
      return <Mark tone="off">{state.word}</Mark>;
  }
}

/** Why there is no live picture, in words. */
function Reason({ camera, liveness }: { camera: CameraView; liveness: Liveness }) {
  const { t } = useTranslation();
  switch (liveness.is) {
    case 'lost': {
      const { status } = liveness;
      const what = status.trouble === null ? t(`app.state.${status.state}`) : t(`trouble.short.${status.trouble}`);
      return (
        <div className="tile-reason">
          <strong>{t('wall.tile.lostSince', { what, time: sinceOf(status.sinceMs, stationNowMs()) })}</strong>
          {status.trouble === null ? null : <span>{t(`trouble.long.${status.trouble}`)}</span>}
          {status.recording || !camera.recording.main.wanted ? null : <span>{t('wall.tile.notRecorded')}</span>}
        </div>
      );
    }
    case 'unshown':
      return <div className="tile-reason">{t(`wall.tile.ended.${liveness.ended}`)}</div>;
    case 'off':
      return <div className="tile-reason">{t('wall.tile.off')}</div>;
    case 'live':
    case 'loading':
    case 'stale':
      return null;
  }
}

const usualRatio = 16 / 9;

/** Width by height of what is shown, so that words stand on the picture and not beside it. */
function ratioOf(camera: CameraView, beat: Beat | null): number {
  if (beat && beat.width > 0 && beat.height > 0) return beat.width / beat.height;
  const video = mainOf(camera)?.video ?? null;
  return video ? video.width / video.height : usualRatio;
}

export function Tile({ camera, tile, focused, isAlone, detailed, listening, playback, does }: TileProps) {
  const { t } = useTranslation();
  const { box, live } = useLive(camera, !playback, listening, detailed);
  const past = usePast(camera.id, playback);
  const { box: pastBox, clock: pastClock, ratio: pastRatio, snapshot: pastSnapshot } = past;
  const label = useKeyLabel();
  const steer = useSteer();
  const mayRecord = useMay('operator');
  const manual = camera.recording.manual !== null;
  const seen = useShownObjects((s) => s.cameras.has(camera.id));
  const watched = useWatchStates((s) => s.byId.get(camera.id)?.mode ?? 'off');
  const seeable = camera.sendsObjects || watched !== 'off';
  const looking = seen && !playback && live.liveness.is === 'live';
  const look = useLook(camera.id, looking && watched !== 'off');
  const can = abilitiesOf(camera);
  const steered = steer.camera === camera.id && !playback;
  const [over, setOver] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const at = document.activeElement;
    if (focused && root.current && at !== root.current && (at === document.body || at?.closest('.wall-grid') != null))
      root.current.focus();
  }, [focused]);
  const drag = {
    // While steering, a drag draws a box.
    draggable: !steered,
    onDragStart: (e: DragEvent) => {
      e.dataTransfer.setData('application/x-vigie-tile', String(tile));
      e.dataTransfer.effectAllowed = 'move';
    },
    onDragOver: (e: DragEvent) => {
      if (!e.dataTransfer.types.includes('application/x-vigie-tile')) return;
      e.preventDefault();
      setOver(true);
    },
    onDragLeave: () => {
      setOver(false);
    },
    onDrop: (e: DragEvent) => {
      e.preventDefault();
      setOver(false);
      does.drop(Number(e.dataTransfer.getData('application/x-vigie-tile')));
    },
  };
  const ratio = (playback ? pastRatio : null) ?? ratioOf(camera, live.beat);
  const hasSound = live.beat?.hasAudio === true || camera.streams.some((s) => s.audio !== null);
  // A press focuses the tile, and sound follows the focus: what counts is what was heard before the press.
  const heard = useRef<boolean | null>(null);
  return (
    <div
      ref={root}
      className="tile"
      role="group"
      tabIndex={focused ? 0 : -1}
      aria-label={t('wall.tile.label', {
        tile: tile + 1,
        number: camera.number,
        name: camera.name,
        state: stateOf(camera).word,
      })}
      aria-current={focused}
      data-camera={camera.id}
      data-live={playback ? 'playback' : live.liveness.is}
      data-kind={live.beat?.kind ?? ''}
      data-over={over}
      data-steered={steered}
      onFocus={does.focus}
      onPointerDown={does.focus}
      onDoubleClick={does.alone}
      {...drag}
    >
      {playback ? (
        <div key="past" className="tile-box" ref={pastBox} />
      ) : (
        <div key="live" className="tile-box" ref={box} />
      )}
      <div className="tile-frame" style={{ '--ratio': ratio } as CSSProperties}>
        <PrivacyLayer areas={camera.privacy} />
        {looking && camera.sendsObjects ? <ObjectLayer id={camera.id} /> : null}
        {looking && look !== null ? <LookLayer look={look} cells={watched === 'motion'} /> : null}
        {playback ? null : <div className="tile-veil" />}
        {playback ? null : steered && can.head ? (
          <SteerLayer camera={camera} />
        ) : can.head ? (
          <HeadChip camera={camera} />
        ) : null}
        {playback ? null : <TalkChip camera={camera} />}
        <div className="tile-head">
          <div className="tile-name">
            <b>{camera.number}</b>
            <span>{camera.name}</span>
          </div>
          <div className="tile-corner">
            {playback ? (
              <>
                {past.fetching ? <span className="tile-note">{t('wall.fetching')}</span> : null}
                <span className="tile-past">
                  <History size={13} aria-hidden="true" />
                  {t('wall.tile.past')}
                </span>
              </>
            ) : (
              <Corner camera={camera} live={live} sounds={listening && hasSound} />
            )}
          </div>
        </div>
        {playback ? (
          <time className="tile-clock" ref={pastClock} hidden>
            <span />
            <b />
            {past.archived ? <em>{t('wall.fromArchive')}</em> : null}
          </time>
        ) : (
          <Reason camera={camera} liveness={live.liveness} />
        )}
        {detailed && !playback ? <TileDetails camera={camera} beat={live.beat} /> : null}
        <div className="tile-actions" role="group" aria-label={t('wall.tile.actions', { name: camera.name })}>
          {steer.may && can.any && !playback ? (
            <TileButton
              label={label(t(can.head ? 'steer.steer' : 'steer.control'), 'steer')}
              pressed={steered}
              onClick={() => {
                if (steered) steer.end();
                else steer.begin(camera);
              }}
            >
              {can.head ? (
                <Joystick size={15} aria-hidden="true" />
              ) : (
                <SlidersHorizontal size={15} aria-hidden="true" />
              )}
            </TileButton>
          ) : null}
          {steer.may && can.talk && !playback ? (
            <HoldButton
              className="tile-talk"
              label={label(t('steer.talkHold'), 'talk')}
              hold={() => steer.talk.hold(camera)}
            >
              <Mic size={15} aria-hidden="true" />
            </HoldButton>
          ) : null}
          {hasSound && !playback ? (
            <TileButton
              label={label(listening ? t('wall.tile.mute') : t('wall.tile.listen'), 'listen')}
              pressed={listening}
              onPointerDown={() => {
                heard.current = listening;
              }}
              onClick={() => {
                does.listen(!(heard.current ?? listening));
                heard.current = null;
              }}
            >
              {listening ? <Volume2 size={15} aria-hidden="true" /> : <VolumeX size={15} aria-hidden="true" />}
            </TileButton>
          ) : null}
          {mayRecord && camera.enabled && !playback ? (
            <TileButton
              label={label(t(manual ? 'recording.stop' : 'recording.record'), 'record')}
              pressed={manual}
              action="record"
              onClick={() => {
                toggleManual(camera);
              }}
            >
              {manual ? <Square size={15} aria-hidden="true" /> : <CircleDot size={15} aria-hidden="true" />}
            </TileButton>
          ) : null}
          <TileButton
            label={label(t('wall.tile.snapshot'), 'snapshot')}
            onClick={() => {
              void saveSnapshot(camera, playback ? pastSnapshot : live.snapshot);
            }}
            action="snapshot"
          >
            <CameraIcon size={15} aria-hidden="true" />
          </TileButton>
          {seeable && !playback ? (
            <TileButton
              label={label(
                camera.sendsObjects
                  ? t(seen ? 'objects.hide' : 'objects.show')
                  : t(seen ? 'watching.look.hide' : 'watching.look.show'),
                'objects',
              )}
              pressed={seen}
              action="objects"
              onClick={() => {
                toggleObjects(camera.id);
              }}
            >
              <ScanSearch size={15} aria-hidden="true" />
            </TileButton>
          ) : null}
          <TileButton label={label(t('wall.tile.details'), 'details')} pressed={detailed} onClick={does.toggleDetails}>
            <Info size={15} aria-hidden="true" />
          </TileButton>
          <TileButton label={isAlone ? t('wall.tile.back') : t('wall.tile.alone')} onClick={does.alone}>
            {isAlone ? <Minimize2 size={15} aria-hidden="true" /> : <Maximize2 size={15} aria-hidden="true" />}
          </TileButton>
        </div>
      </div>
    </div>
  );
}

export function EmptyTile({
  tile,
  focused,
  does,
}: {
  tile: number;
  focused: boolean;
  does: Pick<TileDoes, 'focus' | 'drop'>;
}) {
  const { t } = useTranslation();
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (focused && document.activeElement?.closest('.wall-grid') != null) root.current?.focus();
  }, [focused]);
  return (
    <div
      ref={root}
      className="tile tile-empty"
      role="group"
      tabIndex={focused ? 0 : -1}
      aria-label={t('wall.tile.emptyLabel', { tile: tile + 1 })}
      aria-current={focused}
      onFocus={does.focus}
      onPointerDown={does.focus}
      onDragOver={(e) => {
        if (e.dataTransfer.types.includes('application/x-vigie-tile')) e.preventDefault();
      }}
      onDrop={(e) => {
        e.preventDefault();
        does.drop(Number(e.dataTransfer.getData('application/x-vigie-tile')));
      }}
    />
  );
}

import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import type { Event } from '#domain/event.ts';
import { CameraId } from '#domain/id.ts';
import { createLivePlayer, type LivePlayer } from '../player/live/index.ts';
import { usePlayback } from '../player/playback/index.ts';
import { useCameras } from '../stores/cameras.ts';
import { useChosenKeys } from '../stores/keys.ts';
import { changeLayout, focusTile, showAlone, useLayout } from '../stores/layout.ts';
import { useLine } from '../stores/line.ts';
import { checkSession } from '../stores/session.ts';
import { lookAtStates } from '../stores/looks.ts';
import { SteerContext, useSteeringOf } from '../steer/steering.ts';
import { useTalkHold } from '../steer/talk.ts';
import { useSteerKeys } from '../steer/use-steer-keys.ts';
import { useTranslation } from '../text/index.ts';
import { TimelineBar } from '../timeline/index.ts';
import { keyFor } from '../ui/key-actions.ts';
import { keyText } from '../ui/key-words.ts';
import { Shell } from '../ui/shell.tsx';
import { tell } from '../ui/tell.ts';
import { Announcer } from '../wall/announcer.tsx';
import { neighbour } from '../wall/arrange.ts';
import { EmptySite } from '../wall/empty-site.tsx';
import { Feed } from '../wall/feed.tsx';
import { Help } from '../wall/help.tsx';
import type { Wish } from '../wall/keys.ts';
import { LiveContext } from '../wall/live-context.ts';
import { EmptyTile, Tile } from '../wall/tile.tsx';
import { useKeys } from '../wall/use-keys.ts';
import { useWall } from '../wall/use-wall.ts';
import { WallTools } from '../wall/wall-tools.tsx';

// The wall paints without waiting for what is shown when somebody steers; it comes in once the wall stands.
const panelPiece = () => import('../steer/panel.tsx');
const SteerPanel = lazy(async () => ({ default: (await panelPiece()).SteerPanel }));
const panelAfterMs = 3000;

const sequenceMs = 10_000;
const typedMs = 4000;
/** An event's picture starts a little before it. */
const beforeEventMs = 5000;

/** The player lives as long as the page: made with it, stopped when it goes. */
function usePlayer(): LivePlayer {
  const [player] = useState(() => createLivePlayer(() => void checkSession()));
  useEffect(() => {
    const off = useLine.subscribe((s, was) => {
      if (was.downSinceMs !== null && s.downSinceMs === null && s.state === 'open') player.revive();
    });
    return () => {
      off();
      player.stop();
    };
  }, [player]);
  return player;
}

/** Digits typed so far; forgotten after a while. */
function useTyped(): [string, (digits: string) => void] {
  const [typed, setTyped] = useState('');
  useEffect(() => {
    if (typed === '') return;
    const timer = setTimeout(() => {
      setTyped('');
    }, typedMs);
    return () => {
      clearTimeout(timer);
    };
  }, [typed]);
  return [typed, setTyped];
}

/** `/?camera=…&at=…`: go there, then forget the address so that a reload does not go there again. */
function useAddress(find: (id: CameraId) => void, loaded: boolean): void {
  const [search, setSearch] = useSearchParams();
  useEffect(() => {
    if (!loaded || (!search.has('camera') && !search.has('at'))) return;
    const camera = CameraId.safeParse(search.get('camera'));
    if (camera.success) find(camera.data);
    const at = Number(search.get('at'));
    if (search.has('at') && Number.isFinite(at)) usePlayback.getState().seek(at - beforeEventMs);
    setSearch('', { replace: true });
  }, [search, setSearch, find, loaded]);
}

export function WallPage({ onFind }: { onFind: () => void }) {
  const { t } = useTranslation();
  const { now, does } = useWall();
  const player = usePlayer();
  const cameras = useCameras((s) => s.list);
  const loaded = useCameras((s) => s.loaded);
  const focus = Math.min(
    useLayout((s) => s.focus),
    now.tiles.length - 1,
  );
  const feed = useLayout((s) => s.feed);
  const group = useLayout((s) => s.group);
  const saved = useLayout((s) => s.saved);
  const mode = usePlayback((s) => s.mode);
  const [typed, setTyped] = useTyped();
  const [help, setHelp] = useState(false);
  const [layouts, setLayouts] = useState(false);
  const [sequence, setSequence] = useState(false);
  const [detailed, setDetailed] = useState<CameraId | null>(null);
  /** Sound is that of the focused tile, while it is on. */
  const [listening, setListening] = useState(false);
  const chosen = useChosenKeys((s) => s.chosen);
  const body = useRef<HTMLDivElement>(null);
  useAddress(does.find, loaded);

  const focusedId = now.focused?.id ?? null;
  const { page, pages } = now;
  const { setPage } = does;
  useEffect(() => {
    if (!sequence || pages < 2 || mode !== 'live' || now.alone !== null) return;
    const timer = setTimeout(() => {
      setPage((page + 1) % pages);
    }, sequenceMs);
    return () => {
      clearTimeout(timer);
    };
  }, [sequence, page, pages, mode, now.alone, setPage]);

  const full = (): void => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else body.current?.requestFullscreen().catch(() => undefined); // refused by the browser: the wall stays as it is
  };
  const toggleAlone = (id: CameraId): void => {
    showAlone(now.alone === null ? id : null);
  };
  const recall = (slot: number): void => {
    if (!does.recall(slot)) tell(t('wall.savedNone', { slot, key: keyText(keyFor(chosen, 'layouts')) }));
  };
  const enter = (): void => {
    if (typed === '') {
      if (now.focused) toggleAlone(now.focused.id);
      return;
    }
    const camera = cameras.find((c) => c.number === Number(typed));
    setTyped('');
    if (!camera) tell(t('wall.typedNone', { digits: typed }));
    else if (now.alone) showAlone(camera.id);
    else does.putCamera(camera.id, focus);
  };
  const press = (selector: string): void => {
    body.current?.querySelector<HTMLElement>(`.tile[aria-current="true"] ${selector}`)?.click();
  };

  const take = (wish: Wish): void => {
    switch (wish.wish) {
      case 'digit':
        setTyped((typed + wish.digit).slice(-4));
        return;
      case 'backspace':
        setTyped(typed.slice(0, -1));
        return;
      case 'enter':
        enter();
        return;
      case 'escape':
        if (typed !== '') setTyped('');
        else showAlone(null);
        return;
      case 'move':
        if (now.alone === null) {
          focusTile(neighbour(focus, now.size, wish.key));
          if (!document.activeElement?.closest('.wall-grid'))
            body.current?.querySelector<HTMLElement>('.tile[tabindex="0"]')?.focus();
        }
        return;
      case 'swap': {
        const to = neighbour(focus, now.size, wish.key);
        if (now.alone === null && to !== focus) {
          does.swapTiles(focus, to);
          focusTile(to);
        }
        return;
      }
      case 'page':
        does.setPage((page + pages + wish.by) % pages);
        return;
      case 'full':
        full();
        return;
      case 'layouts':
        setLayouts(true);
        return;
      case 'recall':
        recall(wish.slot);
        return;
      case 'details':
        setDetailed(detailed === focusedId ? null : focusedId);
        return;
      case 'objects':
        press('[data-action="objects"]');
        return;
      case 'listen':
        setListening(!listening);
        return;
      case 'snapshot':
        press('[data-action="snapshot"]');
        return;
      case 'record':
        press('[data-action="record"]');
        return;
      case 'find':
        onFind();
        return;
      case 'help':
        setHelp(true);
        return;
    }
  };
  useKeys(take);
  const talk = useTalkHold(() => keyText(keyFor(useChosenKeys.getState().chosen, 'talk')));
  const steer = useSteeringOf(now.focused, mode === 'live', talk);
  useSteerKeys(now.focused, mode === 'live', steer);
  useEffect(lookAtStates, []);
  useEffect(() => {
    const timer = setTimeout(() => {
      panelPiece().catch(() => undefined); // asked again when it is shown
    }, panelAfterMs);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  const steered = now.focused !== null && now.focused.id === steer.camera ? now.focused : null;

  const pick = (event: Event): void => {
    if (event.cameraId !== null) does.find(event.cameraId);
    usePlayback.getState().seek(event.fromMs - beforeEventMs);
  };

  if (loaded && cameras.length === 0)
    return (
      <Shell title={t('wall.title')} onFind={onFind}>
        <EmptySite />
      </Shell>
    );

  const side = now.alone ? 1 : Math.sqrt(now.size);
  return (
    <Shell
      title={t('wall.title')}
      onFind={onFind}
      tools={
        <WallTools
          size={now.size}
          onSize={does.setSize}
          layoutsOpen={layouts}
          onLayouts={setLayouts}
          saved={saved}
          onSave={(slot) => {
            does.keep(slot);
            tell(t('wall.savedKept', { slot }));
          }}
          onRecall={recall}
          groups={now.groups}
          group={group}
          onGroup={does.setGroup}
          page={page}
          pages={now.alone ? 1 : pages}
          onPage={does.setPage}
          sequence={sequence}
          onSequence={() => {
            setSequence(!sequence);
          }}
          feed={feed}
          onFeed={() => {
            changeLayout({ feed: !feed });
          }}
          onFull={full}
          onHelp={() => {
            setHelp(true);
          }}
        />
      }
    >
      <h1 className="away">{t('wall.title')}</h1>
      <SteerContext value={steer}>
        <div className="wall" data-feed={feed || steered !== null} data-mode={mode}>
          <div className="wall-body" ref={body}>
            <LiveContext value={player}>
              <div
                className="wall-grid"
                role="group"
                aria-label={t('wall.grid')}
                style={{
                  gridTemplate: `repeat(${String(side)}, minmax(0, 1fr)) / repeat(${String(side)}, minmax(0, 1fr))`,
                }}
              >
                {now.tiles.map((camera, tile) => {
                  const shared = {
                    focus() {
                      if (now.alone === null) focusTile(tile);
                    },
                    drop(from: number) {
                      if (Number.isInteger(from) && from !== tile) does.swapTiles(from, tile);
                    },
                  };
                  if (!camera)
                    return (
                      <EmptyTile key={`empty-${String(tile)}`} tile={tile} focused={tile === focus} does={shared} />
                    );
                  return (
                    <Tile
                      key={camera.id}
                      camera={camera}
                      tile={tile}
                      focused={now.alone !== null || tile === focus}
                      isAlone={now.alone !== null}
                      detailed={detailed === camera.id}
                      listening={listening && camera.id === focusedId}
                      playback={mode === 'playback'}
                      does={{
                        ...shared,
                        alone() {
                          toggleAlone(camera.id);
                        },
                        toggleDetails() {
                          setDetailed(detailed === camera.id ? null : camera.id);
                        },
                        listen(on) {
                          setListening(on);
                        },
                      }}
                    />
                  );
                })}
              </div>
            </LiveContext>
            {typed === '' ? null : (
              <div className="wall-typed" role="status">
                {t('wall.typed', { digits: typed })}
              </div>
            )}
          </div>
          <TimelineBar />
          {feed || steered ? (
            <div className="wall-side">
              {steered ? (
                <Suspense fallback={null}>
                  <SteerPanel key={steered.id} camera={steered} />
                </Suspense>
              ) : null}
              {feed ? <Feed onPick={pick} /> : null}
            </div>
          ) : null}
        </div>
      </SteerContext>
      <Announcer />
      <Help
        open={help}
        onClose={() => {
          setHelp(false);
        }}
      />
    </Shell>
  );
}

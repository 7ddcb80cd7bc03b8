/** The PTZ service (ONVIF PTZ Service). */
import type { PtzFacts, PtzPosition, PtzPreset, PtzStatus, PtzVelocity } from '#domain/ptz.ts';
import type { Conversation, Conversations } from './conversation.ts';
import { all, at, attribute, numberOf, short, textAt, type Element } from './element.ts';
import { operation, type Operation } from './envelope.ts';
import * as library from './library.ts';
import type { MediaProfile } from './profiles.ts';
import { byShare, fromSpace, readHead, toSpace, unknownHead, type Head, type Space } from './spaces.ts';
import { deviceError, optional, troubleOf } from './trouble.ts';
import { nothing, xml } from './write-xml.ts';

export type Ptz = {
  facts(profile: string): Promise<PtzFacts>;
  status(profile: string): Promise<PtzStatus>;
  move(profile: string, velocity: PtzVelocity, timeoutMs: number): Promise<void>;
  stop(profile: string): Promise<void>;
  absolute(profile: string, to: Partial<PtzPosition>, speed: number | null): Promise<void>;
  relative(profile: string, by: { pan: number; tilt: number; zoom: number }, speed: number | null): Promise<void>;
  home(profile: string): Promise<void>;
  setHome(profile: string): Promise<void>;
  presets(profile: string): Promise<PtzPreset[]>;
  go(profile: string, preset: string): Promise<void>;
  setPreset(profile: string, name: string, token: string | null): Promise<string>;
  removePreset(profile: string, token: string): Promise<void>;
  close(): void;
};

const limitMs = 10_000;
const urgent = { urgent: true };
const clamp = (value: number, least: number, most: number): number =>
  Number.isFinite(value) ? Math.max(least, Math.min(most, value)) : 0;

/** Reads a GetStatusResponse in the spaces of a head. */
export function readStatus(response: Element, head: Head): PtzStatus {
  const status = at(response, 'PTZStatus');
  const panTilt = at(status, 'Position', 'PanTilt');
  const zoom = at(status, 'Position', 'Zoom');
  const spaceOf = (element: Element | null, usual: Space | undefined): Space | undefined => {
    const uri = attribute(element, 'space');
    return uri === null ? usual : (head.others.get(uri) ?? usual);
  };
  const turn = spaceOf(panTilt, head.spaces.AbsolutePanTiltPositionSpace);
  const near = spaceOf(zoom, head.spaces.AbsoluteZoomPositionSpace);
  const moving = [textAt(status, 'MoveStatus', 'PanTilt'), textAt(status, 'MoveStatus', 'Zoom')];
  return {
    pan: fromSpace(numberOf(attribute(panTilt, 'x')), turn?.x),
    tilt: fromSpace(numberOf(attribute(panTilt, 'y')), turn?.y),
    zoom: fromSpace(numberOf(attribute(zoom, 'x')), near?.x, true),
    moving: moving.some((m) => m?.toUpperCase() === 'MOVING'),
  };
}

/** Reads a GetPresetsResponse. */
export const readPresets = (response: Element): PtzPreset[] =>
  all(response, 'Preset')
    .slice(0, 512)
    .flatMap((preset) => {
      const token = short(attribute(preset, 'token'), 128);
      return token === null ? [] : [{ token, name: short(textAt(preset, 'Name'), 80)?.trim() ?? token.slice(0, 80) }];
    });

export function createPtz(
  conversations: Conversations,
  profileOf: (c: Conversation, token: string) => Promise<MediaProfile>,
): Ptz {
  const heads = new Map<string, Head>();
  /** Heads that refuse a Timeout: the stop that it would have made is ours to send. */
  const withoutTimeout = new Set<string>();
  const deadMen = new Map<string, NodeJS.Timeout>();

  async function headOf(c: Conversation, profile: string): Promise<Head> {
    const known = heads.get(profile);
    if (known) return known;
    if (!(await c.offers('ptz'))) throw deviceError('unsupported', 'The device has no head to move.');
    const { ptzNode } = await profileOf(c, profile);
    const response = await optional(c.ask(library.ptzNodes(), { atMostMs: 5_000 }), null);
    const nodes = all(response, 'PTZNode');
    const node = nodes.find((n) => attribute(n, 'token') === ptzNode) ?? nodes[0];
    const head = node ? readHead(node) : unknownHead;
    if (node) heads.set(profile, head);
    return head;
  }

  const run = async (wanted: Operation): Promise<Element> => conversations.begin(limitMs).ask(wanted, urgent);
  const named = (space: Space | undefined): string | undefined => (space && !space.generic ? space.uri : undefined);
  const spaces = (turn: Space | undefined, near: Space | undefined): library.Spaces => {
    const xyspace = named(turn);
    const zoomspace = named(near);
    return { ...(xyspace === undefined ? {} : { xyspace }), ...(zoomspace === undefined ? {} : { zoomspace }) };
  };

  function disarm(profile: string): void {
    clearTimeout(deadMen.get(profile));
    deadMen.delete(profile);
  }

  async function stop(profile: string): Promise<void> {
    disarm(profile);
    await run(library.ptzStop(profile));
  }

  async function move(profile: string, velocity: PtzVelocity, timeoutMs: number): Promise<void> {
    if (velocity.pan === 0 && velocity.tilt === 0 && velocity.zoom === 0) return stop(profile);
    const c = conversations.begin(limitMs);
    const head = await headOf(c, profile);
    const turn = head.spaces.ContinuousPanTiltVelocitySpace;
    const near = head.spaces.ContinuousZoomVelocitySpace;
    const all = turn === undefined && near === undefined; // unknown head: everything is sent
    const vector: library.Vector = {
      ...(turn || all
        ? { x: byShare(clamp(velocity.pan, -1, 1), turn?.x), y: byShare(clamp(velocity.tilt, -1, 1), turn?.y) }
        : {}),
      ...(near || all ? { zoom: byShare(clamp(velocity.zoom, -1, 1), near?.x) } : {}),
    };
    const send = (withTimeout: boolean): Promise<unknown> =>
      c.ask(library.ptzContinuous(profile, vector, spaces(turn, near), withTimeout ? timeoutMs : null), urgent);
    disarm(profile);
    if (!withoutTimeout.has(profile)) {
      try {
        await send(true);
        return;
      } catch (error) {
        if (troubleOf(error) !== 'refused') throw error;
      }
    }
    await send(false);
    withoutTimeout.add(profile);
    disarm(profile);
    deadMen.set(
      profile,
      setTimeout(() => void stop(profile).catch(() => undefined), timeoutMs),
    );
    return undefined;
  }

  return {
    async facts(profile) {
      const c = conversations.begin(limitMs);
      const head = await headOf(c, profile);
      if (!(await profileOf(c, profile)).ptz) throw deviceError('unsupported', 'This profile moves no head.');
      return head.facts;
    },
    async status(profile) {
      const c = conversations.begin(limitMs);
      const head = await headOf(c, profile);
      return readStatus(await c.ask(library.ptzStatus(profile)), head);
    },
    move,
    stop,
    async absolute(profile, to, speed) {
      const c = conversations.begin(limitMs);
      const head = await headOf(c, profile);
      const turn = head.spaces.AbsolutePanTiltPositionSpace;
      const near = head.spaces.AbsoluteZoomPositionSpace;
      let pan = to.pan ?? null;
      let tilt = to.tilt ?? null;
      if ((pan === null) !== (tilt === null)) {
        // Both travel in one element: the other one keeps its place.
        const now = readStatus(await c.ask(library.ptzStatus(profile), urgent), head);
        pan ??= now.pan ?? 0;
        tilt ??= now.tilt ?? 0;
      }
      const vector: library.Vector = {
        ...(pan === null || tilt === null || (head.facts.absolute && !turn)
          ? {}
          : { x: toSpace(clamp(pan, -1, 1), turn?.x), y: toSpace(clamp(tilt, -1, 1), turn?.y) }),
        ...(to.zoom == null || (head.facts.absolute && !near)
          ? {}
          : { zoom: toSpace(clamp(to.zoom, 0, 1), near?.x, true) }),
      };
      if (vector.x === undefined && vector.zoom === undefined)
        throw deviceError('unsupported', 'The head cannot be sent to such a position.');
      disarm(profile);
      await c.ask(
        library.ptzAbsolute(profile, vector, spaces(turn, near), speed === null ? null : clamp(speed, 0, 1)),
        urgent,
      );
    },
    async relative(profile, by, speed) {
      const c = conversations.begin(limitMs);
      const head = await headOf(c, profile);
      const turn = head.spaces.RelativePanTiltTranslationSpace;
      const near = head.spaces.RelativeZoomTranslationSpace;
      if (!turn && !near) throw deviceError('unsupported', 'The head cannot be moved by a distance.');
      const share = speed === null ? null : clamp(speed, 0, 1);
      const space = (s: Space | undefined) => (s && !s.generic ? xml` space="${s.uri}"` : nothing);
      const panTilt = turn
        ? xml`<tt:PanTilt x="${byShare(clamp(by.pan, -1, 1), turn.x)}" y="${byShare(clamp(by.tilt, -1, 1), turn.y)}"${space(turn)}/>`
        : nothing;
      const zoom = near ? xml`<tt:Zoom x="${byShare(clamp(by.zoom, -1, 1), near.x)}"${space(near)}/>` : nothing;
      const fast =
        share === null
          ? nothing
          : xml`<Speed>${turn ? xml`<tt:PanTilt x="${share}" y="${share}"/>` : nothing}${near ? xml`<tt:Zoom x="${share}"/>` : nothing}</Speed>`;
      disarm(profile);
      await c.ask(
        operation(
          'ptz',
          'RelativeMove',
          xml`<ProfileToken>${profile}</ProfileToken><Translation>${panTilt}${zoom}</Translation>${fast}`,
        ),
        urgent,
      );
    },
    async home(profile) {
      disarm(profile);
      await run(library.ptzHome(profile));
    },
    async setHome(profile) {
      await run(library.ptzSetHome(profile));
    },
    presets: async (profile) => readPresets(await conversations.begin(limitMs).ask(library.ptzPresets(profile))),
    async go(profile, preset) {
      disarm(profile);
      await run(library.ptzGo(profile, preset));
    },
    async setPreset(profile, name, token) {
      const given = textAt(await run(library.ptzSetPreset(profile, name, token)), 'PresetToken') ?? token;
      if (given === null) throw deviceError('invalid-answer', 'The device does not say which preset it made.');
      return given.slice(0, 128);
    },
    async removePreset(profile, token) {
      await run(library.ptzRemovePreset(profile, token));
    },
    close() {
      for (const profile of [...deadMen.keys()]) disarm(profile);
    },
  };
}

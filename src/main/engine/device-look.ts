/** Looking at a device before it is added, and adding what was chosen: all or none. */
import { AppError } from '#contract/error.ts';
import { CameraName, type Camera, type CameraDraft } from '#domain/camera.ts';
import { bySource, chooseStreams, isUsable } from '#domain/decide/choose-streams.ts';
import { deviceAdvice } from '#domain/decide/device-advice.ts';
import { sameDevice, type CertificatePin, type DeviceFacts, type FoundDevice } from '#domain/device.ts';
import type { DeviceLook, FoundDraft, ProposedCamera } from '#domain/finding.ts';
import type { Clock } from '#lib/clock.ts';
import { troubleOf, deviceError } from './device-connection.ts';
import type { DeviceDoor, DeviceTarget } from './device-port.ts';
import { hostOf, isOwnHost, pathOf } from './device-streams.ts';
import type { CameraRecord } from './index-port.ts';
import type { Cameras, ParsedLook } from './rooms.ts';
import { plansOf, type RecordingPlan } from '#domain/recording-plan.ts';

/** What a look brought is used for adding within this time. */
const rememberMs = 600_000;
const mostRemembered = 256;
const mostAtOnce = 4;

/** What a device said when it was looked at. */
export type Seen = { facts: DeviceFacts; certificate: CertificatePin | null; atMs: number };

export type DeviceLooks = {
  look(input: ParsedLook): Promise<DeviceLook>;
  /** Facts, remembered or asked. Throws DEVICE. */
  see(target: DeviceTarget): Promise<Seen>;
  propose(target: DeviceTarget, facts: DeviceFacts): ProposedCamera[];
  /** What of a draft the device agrees to, and that is not here already. Throws CONFLICT, DEVICE. */
  check(draft: FoundDraft, seen: Seen): CameraDraft;
  /** One picture of one device is one camera, whatever its address is. Throws CONFLICT. */
  refuseTwice(camera: CameraDraft, list: CameraDraft[]): void;
  add(drafts: FoundDraft[], by?: string): Promise<Camera[]>;
};

export function createDeviceLooks(deps: {
  door: Pick<DeviceDoor, 'connect'>;
  clock: Clock;
  cameras: Pick<Cameras, 'addAll'>;
  records: () => CameraRecord[];
  found: (url: string) => FoundDevice | null;
}): DeviceLooks {
  const { clock } = deps;
  const seen = new Map<string, Seen>();
  const keyOf = (t: DeviceTarget): string => JSON.stringify([t.url, t.username, t.password]);

  const askNow = async (target: DeviceTarget): Promise<Seen> => {
    const device = deps.door.connect(target);
    try {
      const told = await device.facts();
      const endpoint = told.identity.endpoint ?? deps.found(target.url)?.endpoint ?? null;
      const facts = { ...told, identity: { ...told.identity, endpoint } };
      const answer = { facts, certificate: device.certificate(), atMs: clock.monoMs() };
      const key = keyOf(target);
      seen.delete(key);
      const oldest = seen.size >= mostRemembered ? seen.keys().next().value : undefined;
      if (oldest !== undefined) seen.delete(oldest);
      seen.set(key, answer);
      return answer;
    } finally {
      device.close();
    }
  };
  const see = async (target: DeviceTarget): Promise<Seen> => {
    const known = seen.get(keyOf(target));
    const fresh = known !== undefined && clock.monoMs() - known.atMs < rememberMs;
    return fresh && (target.certificate === null || target.certificate === known.certificate) ? known : askNow(target);
  };

  const propose = (target: DeviceTarget, facts: DeviceFacts): ProposedCamera[] => {
    const found = deps.found(target.url);
    const groups = bySource(facts.profiles).flatMap((group) => {
      const chosen = chooseStreams(group.profiles);
      return chosen === null ? [] : [{ ...group, ...chosen }];
    });
    return groups.slice(0, 64).map(({ source, profiles, main, sub }, i) => {
      const foreign = [main, ...(sub === null ? [] : [sub])]
        .filter((p) => !isOwnHost(p.streamUrl, target.url, facts))
        .map((p) => hostOf(p.streamUrl));
      return {
        source,
        name: nameOf(found, facts, target.url, groups.length > 1 ? i + 1 : null),
        main: { profile: main.token, url: main.streamUrl },
        sub: sub && { profile: sub.token, url: sub.streamUrl },
        profiles: profiles.filter(isUsable).map((p) => p.token),
        advice: deviceAdvice({
          url: target.url,
          facts,
          main,
          sub,
          username: target.username,
          password: target.password,
          foreignHosts: [...new Set(foreign)],
        }),
      };
    });
  };

  /** What of a draft the device agrees to; throws what a person can do something about. */
  const agree = (draft: FoundDraft, { facts, certificate }: Seen): CameraDraft => {
    const profile = (token: string) => {
      const p = facts.profiles.find((x) => x.token === token);
      if (p === undefined || !isUsable(p))
        throw new AppError(
          'CONFLICT',
          `${draft.name}: the device has no stream "${token}" any more. Look at it again.`,
          { data: { what: 'profile', name: draft.name } },
        );
      if (p.source !== draft.source)
        throw new AppError('CONFLICT', `${draft.name}: the stream "${token}" shows another picture.`, {
          data: { what: 'source', name: draft.name },
        });
      const host = hostOf(p.streamUrl);
      if (!isOwnHost(p.streamUrl, draft.url, facts) && !draft.trustedHosts.includes(host))
        throw deviceError('foreign-host', `${draft.name}: its pictures come from ${host}. Trust that address first.`);
      return p;
    };
    const main = profile(draft.mainProfile);
    const sub = draft.subProfile === null ? null : profile(draft.subProfile);
    const plans = plansOf(draft.recording, sub !== null);
    const settings = (url: string, plan: RecordingPlan) => ({ url, transport: 'auto' as const, plan });
    return {
      name: draft.name,
      ...(draft.number !== undefined && { number: draft.number }),
      group: draft.group,
      enabled: true,
      main: settings(main.streamUrl, plans.main),
      sub: sub && settings(sub.streamUrl, plans.sub),
      username: draft.username,
      password: draft.password,
      tags: [],
      notes: '',
      link: {
        url: draft.url,
        identity: facts.identity,
        mainProfile: main.token,
        subProfile: sub?.token ?? null,
        certificate: draft.certificate ?? certificate,
        trustedHosts: draft.trustedHosts,
        setClock: draft.setClock,
      },
    };
  };
  const refuseTwice = (camera: CameraDraft, list: CameraDraft[]): void => {
    for (const other of list) refuseSame(camera, other, 'in this list twice');
    for (const other of deps.records()) refuseSame(camera, other, 'here already');
  };

  return {
    see,
    propose,
    check(draft, known) {
      const camera = agree(draft, known);
      refuseTwice(camera, []);
      return camera;
    },
    refuseTwice,
    async look(input) {
      try {
        const { facts, certificate } = await askNow(input);
        const foreign = facts.profiles
          .filter(isUsable)
          .filter((p) => !isOwnHost(p.streamUrl, input.url, facts))
          .map((p) => hostOf(p.streamUrl));
        const cameras = propose(input, facts);
        return {
          ok: true,
          url: input.url,
          facts,
          certificate,
          foreignHosts: [...new Set(foreign)].slice(0, 8),
          cameras,
        };
      } catch (error) {
        const trouble = troubleOf(error);
        if (trouble === null) throw error;
        const detail = error instanceof Error ? error.message.slice(0, 500) : '';
        return { ok: false, url: input.url, trouble, detail };
      }
    },
    async add(drafts, by) {
      const targets = new Map(drafts.map((d): [string, DeviceTarget] => [keyOf(d), d]));
      const facts = new Map<string, Seen>();
      const waiting = [...targets];
      const work = async (): Promise<void> => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
          facts.set(next[0], await see(next[1]));
      };
      await Promise.all(Array.from({ length: mostAtOnce }, work));
      const checked: CameraDraft[] = [];
      for (const draft of drafts) {
        const known = facts.get(keyOf(draft));
        if (known === undefined) throw new AppError('FAILED');
        const camera = agree(draft, known);
        refuseTwice(camera, checked);
        checked.push(camera);
      }
      return deps.cameras.addAll(checked, by);
    },
  };
}

type Linked = Pick<CameraDraft, 'name' | 'link' | 'main'>;

function refuseSame(camera: Linked, other: Linked, where: string): void {
  const { link } = camera;
  if (link === null || other.link === null || !sameDevice(other.link.identity, link.identity)) return;
  if (other.link.mainProfile !== link.mainProfile && pathOf(other.main.url) !== pathOf(camera.main.url)) return;
  const [here, there] = [hostOf(link.url), hostOf(other.link.url)];
  if (here === there)
    throw new AppError('CONFLICT', `"${camera.name}" is ${where}, as "${other.name}".`, {
      data: { what: 'device', name: camera.name, other: other.name },
    });
  const serial = link.identity.serial === null ? '' : ` (serial ${link.identity.serial})`;
  throw new AppError(
    'CONFLICT',
    `"${camera.name}" at ${here} says that it is the same device as "${other.name}" at ${there}${serial}. If they are two cameras, add this one by its RTSP address.`,
    { data: { what: 'serial', name: camera.name, other: other.name } },
  );
}

/** The device's own name, else maker and model, else its address; with the number of the picture where it has several. */
function nameOf(found: FoundDevice | null, facts: DeviceFacts, url: string, number: number | null): string {
  const { maker, model } = facts.identity;
  const made =
    model === null
      ? maker
      : maker === null || model.toLowerCase().startsWith(maker.toLowerCase())
        ? model
        : `${maker} ${model}`;
  const base = (found?.name ?? made ?? hostOf(url)).trim().slice(0, 74);
  const name = number === null ? base : `${base} ${String(number)}`;
  return CameraName.safeParse(name).success ? name : 'Camera';
}

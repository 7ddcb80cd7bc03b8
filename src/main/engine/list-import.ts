/** A CSV list of cameras: read without adding, or added as a whole. */
import type { Issue } from '#contract/issue.ts';
import { AppError } from '#contract/error.ts';
import { ClashData } from '#contract/reason.ts';
import type { Camera, CameraDraft } from '#domain/camera.ts';
import { readCameraList, type CameraList, type ListedCamera } from '#domain/decide/read-camera-list.ts';
import type { FoundDraft } from '#domain/finding.ts';
import { StreamUrl } from '#domain/stream.ts';
import { troubleOf } from './device-connection.ts';
import type { DeviceLooks } from './device-look.ts';
import { hostOf } from './device-streams.ts';
import type { CameraRecord } from './index-port.ts';
import type { Cameras } from './rooms.ts';
import { plansOf, type RecordingPlan } from '#domain/recording-plan.ts';

const mostAtOnce = 4;
/** A list is answered within this time: 1,000 devices at four at once. */
const mostDevices = 256;

export function createListImport(deps: {
  records: () => CameraRecord[];
  cameras: Pick<Cameras, 'addAll'>;
  looks: Pick<DeviceLooks, 'see' | 'propose' | 'check' | 'refuseTwice'>;
}) {
  const read = (text: string): CameraList => {
    const streams = new Set<string>();
    const hosts = new Set<string>();
    const numbers = new Set<number>();
    for (const c of deps.records()) {
      numbers.add(c.number);
      for (const s of [c.main, c.sub]) if (s !== null) streams.add(s.url.toLowerCase());
      if (c.link !== null) hosts.add(hostOf(c.link.url));
    }
    return readCameraList(text, {
      known: (address) =>
        StreamUrl.safeParse(address).success ? streams.has(address.toLowerCase()) : hosts.has(hostOf(address)),
      taken: (number) => numbers.has(number),
    });
  };

  const fromStream = (c: ListedCamera): CameraDraft[] => {
    const plans = plansOf(c.recording, c.sub !== null);
    const settings = (url: string, plan: RecordingPlan) => ({ url, transport: 'auto' as const, plan });
    if (c.main === null || c.name === null) return [];
    return [
      {
        ...common(c),
        name: c.name,
        ...(c.number !== null && { number: c.number }),
        main: settings(c.main, plans.main),
        sub: c.sub === null ? null : settings(c.sub, plans.sub),
        link: null,
      },
    ];
  };
  const common = (c: ListedCamera) => ({
    group: c.group,
    enabled: true,
    username: c.username,
    password: c.password,
    tags: [],
    notes: '',
  });
  /** Every camera of a listed device; the number goes to the first. */
  const fromDevice = async (c: ListedCamera, url: string): Promise<CameraDraft[]> => {
    const target = { url, username: c.username, password: c.password, certificate: null };
    const seen = await deps.looks.see(target);
    const proposed = deps.looks.propose(target, seen.facts);
    if (proposed.length === 0)
      throw new AppError('CONFLICT', 'The device gives no stream that can be recorded.', {
        data: { what: 'no-stream', name: c.name ?? url },
      });
    return proposed.map((p, i) => {
      const own = c.name === null ? p.name : proposed.length > 1 ? `${c.name.slice(0, 74)} ${String(i + 1)}` : c.name;
      const draft: FoundDraft = {
        ...target,
        trustedHosts: [],
        source: p.source,
        mainProfile: p.main.profile,
        subProfile: p.sub?.profile ?? null,
        name: own,
        ...(i === 0 && c.number !== null && { number: c.number }),
        group: c.group,
        recording: c.recording,
        setClock: false,
      };
      return deps.looks.check(draft, seen);
    });
  };

  return {
    read(text: string): Pick<CameraList, 'lines' | 'ok'> {
      const { lines, ok } = read(text);
      return { lines: lines.slice(0, 5_000), ok };
    },
    /** Throws INVALID with the lines at fault; nothing is added then. */
    async import(text: string, by?: string): Promise<Camera[]> {
      const list = read(text);
      const faults: Issue[] = list.lines.flatMap((l) =>
        l.issues.map((i) => ({
          path: `line ${String(l.line)}${i.column === '' ? '' : ` ${i.column}`}`,
          why: 'line' as const,
          message: i.message,
        })),
      );
      if (!list.ok) throw refusal(faults);
      const devices = list.cameras.filter((c) => c.device !== null);
      if (devices.length > mostDevices)
        throw refusal([
          {
            path: 'address',
            why: 'count',
            message: `${String(mostDevices)} devices at a time; give RTSP addresses for more`,
            most: mostDevices,
          },
        ]);
      const drafts = new Map<number, CameraDraft[]>();
      const problems: Issue[] = [];
      const waiting = [...devices];
      const work = async (): Promise<void> => {
        for (let c = waiting.shift(); c !== undefined; c = waiting.shift()) {
          try {
            drafts.set(c.line, await fromDevice(c, c.device ?? ''));
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
            problems.push({
              path: `line ${String(c.line)} address`,
              why: 'line',
              message: troubleOf(error) ?? (isWithoutStream(error) ? 'no-stream' : error.message),
            });
          }
        }
      };
      await Promise.all(Array.from({ length: mostAtOnce }, work));
      if (problems.length > 0) throw refusal(problems);
      const all: CameraDraft[] = [];
      for (const c of list.cameras) {
        for (const draft of drafts.get(c.line) ?? fromStream(c)) {
          deps.looks.refuseTwice(draft, all);
          all.push(draft);
        }
      }
      return deps.cameras.addAll(all, by);
    },
  };
}

const isWithoutStream = ({ data }: AppError): boolean => ClashData.safeParse(data).data?.what === 'no-stream';

const refusal = (issues: Issue[]): AppError =>
  new AppError('INVALID', 'Nothing was added: some lines of the list are not right.', {
    data: { issues: issues.slice(0, 50) },
  });

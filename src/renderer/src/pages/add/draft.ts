/** A camera that is about to be added: what was proposed, what the person made of it, and what still stands in its way. */
import type { DeviceProfile } from '#domain/device.ts';
import type { RecordingPreset } from '#domain/recording-plan.ts';
import type { DeviceLook, ProposedCamera } from '#domain/finding.ts';
import type { FoundDrafts } from '../../stores/finding.ts';

export type FineLook = Extract<DeviceLook, { ok: true }>;

export type Draft = {
  key: string;
  /** Address of its device. */
  url: string;
  proposed: ProposedCamera;
  /** False: the person leaves it out. */
  wanted: boolean;
  name: string;
  number: number | '';
  /** The person typed the number: it stays. */
  ownNumber: boolean;
  group: string;
  recording: RecordingPreset;
  mainProfile: string;
  subProfile: string | null;
  /** Its streams may come from other hosts than the device's own. */
  trusted: boolean;
  setClock: boolean;
};

export const draftKey = (url: string, source: string | null): string => `${url} ${source ?? ''}`;

/** Drafts of a device, one per video source; their numbers come by `numberDrafts`. */
export const draftsOf = (look: FineLook, url: string): Draft[] =>
  look.cameras.map((proposed) => ({
    key: draftKey(url, proposed.source),
    url,
    proposed,
    wanted: true,
    name: proposed.name,
    number: '',
    ownNumber: false,
    group: '',
    recording: 'always',
    mainProfile: proposed.main.profile,
    subProfile: proposed.sub?.profile ?? null,
    trusted: false,
    setClock: false,
  }));

/**
 * Puts drafts in the order of their devices and gives each whose number nobody typed the next one that is free. `taken`: the
 * numbers of the cameras of this station.
 */
export function numberDrafts(drafts: readonly Draft[], urls: readonly string[], taken: ReadonlySet<number>): Draft[] {
  const used = new Set(taken);
  for (const d of drafts) if (d.ownNumber && d.number !== '') used.add(d.number);
  let next = 1;
  return urls
    .flatMap((url) => drafts.filter((d) => d.url === url))
    .map((draft) => {
      if (draft.ownNumber) return draft;
      while (used.has(next)) next += 1;
      const number = next <= 9999 ? next : '';
      next += 1;
      return { ...draft, number };
    });
}

export const profileOf = (look: FineLook, token: string | null): DeviceProfile | null =>
  token === null ? null : (look.facts.profiles.find((p) => p.token === token) ?? null);

/** Address of a chosen profile: the proposed one where the device gave it there, else as the profile tells. */
export function streamUrlOf(look: FineLook, draft: Draft, token: string | null): string | null {
  if (token === null) return null;
  const { main, sub } = draft.proposed;
  if (token === main.profile) return main.url;
  if (sub !== null && token === sub.profile) return sub.url;
  return profileOf(look, token)?.streamUrl ?? null;
}

const hostOf = (url: string): string => {
  const host = /^[a-z]+:\/\/(\[[^\]]*\]|[^/?#:]+)/i.exec(url)?.[1] ?? '';
  return host.replace(/^\[|\]$/g, '').toLowerCase();
};

/** The hosts besides the device's own that the chosen streams come from. */
export function foreignHostsOf(look: FineLook, draft: Draft): string[] {
  const hosts = [draft.mainProfile, draft.subProfile].flatMap((token) => {
    const url = streamUrlOf(look, draft, token);
    return url === null ? [] : [hostOf(url)];
  });
  return look.foreignHosts.filter((host) => hosts.includes(hostOf(`x://${host.includes(':') ? `[${host}]` : host}`)));
}

export type DraftProblem =
  | { field: 'name'; why: 'missing' | 'too-long' }
  | { field: 'number'; why: 'taken'; number: number; by: string }
  | { field: 'hosts'; why: 'untrusted'; host: string };

/** What stands in the way of each wanted draft, by its key. `there`: numbers and names of the cameras of this station. */
export function problemsOf(
  drafts: readonly Draft[],
  lookOf: (url: string) => FineLook | null,
  there: readonly { number: number; name: string }[],
): ReadonlyMap<string, DraftProblem[]> {
  const wanted = drafts.filter((d) => d.wanted);
  return new Map(
    wanted.map((draft) => {
      const problems: DraftProblem[] = [];
      const name = draft.name.trim();
      if (name === '') problems.push({ field: 'name', why: 'missing' });
      else if (name.length > 80) problems.push({ field: 'name', why: 'too-long' });
      const { number } = draft;
      if (number !== '') {
        const other = there.find((c) => c.number === number) ?? wanted.find((d) => d !== draft && d.number === number);
        if (other) problems.push({ field: 'number', why: 'taken', number, by: other.name });
      }
      const look = lookOf(draft.url);
      const host = look && !draft.trusted ? foreignHostsOf(look, draft)[0] : undefined;
      if (host !== undefined) problems.push({ field: 'hosts', why: 'untrusted', host });
      return [draft.key, problems];
    }),
  );
}

/** What the station is told of a draft. */
export function toAdd(
  draft: Draft,
  look: FineLook,
  credentials: { username: string | null; password: string | null },
): FoundDrafts[number] {
  const group = draft.group.trim();
  return {
    url: look.url,
    ...credentials,
    certificate: look.certificate,
    trustedHosts: draft.trusted ? foreignHostsOf(look, draft) : [],
    source: draft.proposed.source,
    mainProfile: draft.mainProfile,
    subProfile: draft.subProfile,
    name: draft.name.trim(),
    ...(draft.number === '' ? {} : { number: draft.number }),
    group: group === '' ? null : group,
    recording: draft.recording,
    setClock: draft.setClock,
  };
}

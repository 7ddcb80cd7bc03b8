/**
 * Looks at everything that was recorded, over and over, at a limited rate: files against the index, chains, hashes. What has no hash
 * yet (recovered, fetched, from before there were hashes) gets one on the way. Goes on where it was after a restart.
 */
import type { Outputs } from '#contract/call.ts';
import { isArchive } from '#domain/archive.ts';
import { IntegrityPass, IntegrityPlan, newPass, usualPlan } from '#domain/integrity.ts';
import type { CameraId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';
import { dayMs, hourMs } from '#domain/time.ts';
import { diskCalled, ownVolume } from '#domain/volume.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { z } from 'zod';
import type { Chain } from './chain.ts';
import type { EventRoom } from './events.ts';
import { createCatchUp } from './integrity-catch-up.ts';
import { createIntegrityFindings } from './integrity-findings.ts';
import { createIntegrityLooks, restMs } from './integrity-looks.ts';
import { proofOf } from './integrity-proof.ts';
import { createIntegrityWaiting } from './integrity-waiting.ts';
import type { CameraRecord, ReadStore, SegmentRow, StreamRecord, WriteStore } from './index-port.ts';
import type { Verifier } from './verifier-port.ts';
import type { VolumeLookup } from './volume-lookup.ts';
import type { VolumeRoom } from './volumes.ts';

const passKey = 'integrity-pass';
const planKey = 'integrity-plan';
const lastKey = 'integrity-last-ms';
/** The start of a station has other things to do than a whole pass … */
const settleMs = 5 * 60_000;
/** … but what a crash left has no hash, and what is changed before it has one is not seen. */
const soonMs = 5_000;
const idleMs = 30_000;
/** As often as volumes are looked at: what waits for one that comes back does not wait longer. */
const waitingMs = 2_000;
/** After a failure of the disk or the index. */
const retryMs = 60_000;
const saveEveryMs = 30_000;
const pageRows = 200;
/** What was left by a crash is hashed soon and not only when the pass comes by. */
const freshEveryMs = 10 * 60_000;
const freshMs = 48 * hourMs;

export type IntegrityRoom = {
  state(): Omit<Outputs['integrity']['state'], 'backups'>;
  checkNow(): void;
  plan(plan: IntegrityPlan): void;
  /** Throws NOT_FOUND. */
  proof(id: CameraId, kind: StreamKind, startMs: number): Outputs['integrity']['proof'];
  /** How many things are wrong, for the health of the station. */
  found(): number;
  start(): void;
  stop(): void;
};

export function createIntegrity(deps: {
  store: Pick<WriteStore, 'chain' | 'segment' | 'setting' | 'retention'> &
    Pick<ReadStore, 'streams' | 'segmentsFrom' | 'counts'>;
  volumes: VolumeLookup & Pick<VolumeRoom, 'seen'>;
  chain: Pick<Chain, 'hashed'>;
  verifier: Omit<Verifier, 'backUp'>;
  events: Pick<EventRoom, 'note'>;
  camera: (stream: StreamRecord) => CameraRecord | null;
  clock: Clock;
  log: Log;
}): IntegrityRoom {
  const { store, volumes, verifier, clock, log } = deps;
  const findings = createIntegrityFindings({ ...deps, setting: store.setting });
  const waiting = createIntegrityWaiting({ setting: store.setting, clock });
  let plan = read(IntegrityPlan, store.setting.get(planKey)) ?? usualPlan;
  let pass = read(IntegrityPass, store.setting.get(passKey));
  let trouble: string | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let running = false;
  let stopped = true;
  let again = false;
  let savedMs = -Infinity;
  let freshAtMs = -Infinity;
  let startedMs = 0;
  let settledMs = Infinity;

  const isStopped = (): boolean => stopped;
  const looks = createIntegrityLooks({
    ...{ store, volumes, chain: deps.chain, verifier, findings, clock, log },
    bytesPerSecond: () => plan.bytesPerSecond,
    stopped: isStopped,
  });
  const lastMs = (): number | null => {
    const at = Number(store.setting.get(lastKey) ?? Number.NaN);
    return Number.isFinite(at) ? at : null;
  };
  const nextMs = (): number => {
    if (pass === null) return clock.nowMs();
    return pass.stage === null ? pass.startedMs + plan.everyDays * dayMs : pass.startedMs;
  };
  const save = (now = false): void => {
    if (pass === null || (!now && clock.monoMs() - savedMs < saveEveryMs)) return;
    savedMs = clock.monoMs();
    waiting.save();
    store.setting.set(passKey, JSON.stringify(pass));
  };
  /** Of all that there are, those that are away or silent: they are looked at when they answer. */
  const passAway = (): void => {
    for (const { row } of volumes.seen()) if (!looks.answers(row.volume)) waiting.passedVolume(row.volume);
  };

  const lookOrPass = async (of: IntegrityPass, stream: StreamRecord, row: SegmentRow): Promise<void> => {
    if (await looks.segment(of, stream, row.startMs)) {
      waiting.looked();
      return;
    }
    of.passedOver += 1;
    waiting.passed({ streamId: stream.id, volume: row.volume ?? ownVolume, startMs: row.startMs });
  };

  const stepFiles = async (of: IntegrityPass): Promise<void> => {
    passAway();
    for (const volume of await looks.files(of, looks.answering())) waiting.passedVolume(volume);
    Object.assign(of, { stage: 'chains', streamId: 0, fromMs: 0 });
    save(true);
  };

  /** The streams that are still to be looked at in this stage. */
  const streamsFrom = (id: number): StreamRecord[] =>
    store
      .streams()
      .filter((s) => s.id >= id)
      .sort((a, b) => a.id - b.id);

  const stepChain = async (of: IntegrityPass): Promise<void> => {
    const [stream] = streamsFrom(of.streamId);
    if (stream === undefined) {
      Object.assign(of, { stage: 'hashes', streamId: 0, fromMs: 0 });
      save(true);
      return;
    }
    const streamId = stream.id;
    const told = [...(await verifier.chain({ streamId })).findings];
    let seen = 0;
    passAway();
    for (const place of looks.answering()) {
      const lists = await looks.lists(stream, place);
      if (lists === null) {
        waiting.passedVolume(place.volume);
        continue;
      }
      told.push(...lists);
      seen += 1;
    }
    // The lists on a volume that is not here may still differ.
    looks.settleChain(of, stream, told, () => seen < volumes.seen().length);
    of.streamId = stream.id + 1;
    save();
  };

  const stepHash = async (of: IntegrityPass): Promise<void> => {
    const untilMs = clock.nowMs() - restMs;
    for (const stream of streamsFrom(of.streamId)) {
      if (of.streamId !== stream.id) Object.assign(of, { streamId: stream.id, fromMs: 0 });
      const page = store.segmentsFrom(stream.id, of.fromMs, untilMs, pageRows);
      for (const row of page) {
        if (stopped || pass !== of) return;
        if (row.state !== 'open' && !isArchive(row.volume ?? ownVolume)) await lookOrPass(of, stream, row);
        of.fromMs = row.startMs + 1;
        save();
      }
      if (page.length > 0) return; // a turn for what is fresh
    }
    Object.assign(of, { stage: null, finishedMs: clock.nowMs(), streamId: 0, fromMs: 0 });
    store.setting.set(lastKey, String(clock.nowMs()));
    save(true);
    findings.end();
    log.info('everything recorded was looked at', {
      segments: of.segments,
      bytes: of.bytes,
      found: of.found,
      passedOver: of.passedOver,
    });
  };

  /** What the last days have without a hash: a crash left it, or a write failed. */
  const lookAtFresh = async (): Promise<void> => {
    if (clock.monoMs() - freshAtMs < freshEveryMs) return;
    freshAtMs = clock.monoMs();
    // Nobody writes any more what was begun before this start.
    const untilMs = Math.max(startedMs, clock.nowMs() - restMs);
    for (const stream of store.streams()) {
      for (let from: number | null = clock.nowMs() - freshMs; from !== null; ) {
        const page = store.chain.unhashed(stream.id, from, pageRows);
        for (const startMs of page.startsMs) {
          if (isStopped()) return;
          if (startMs < untilMs) await looks.unlessSilent(() => looks.hashAnew(stream, startMs));
        }
        from = page.nextMs;
        await turn();
        if (isStopped()) return;
      }
    }
  };

  const catchUp = createCatchUp({
    store,
    waiting,
    answers: looks.answers,
    here: (volume) => looks.answering().find((v) => v.volume === volume) ?? null,
    files: async (of, place) => (await looks.files(of, [place])).length === 0,
    async lists(of, stream, place) {
      const told = await looks.lists(stream, place);
      if (told !== null) looks.settleChain(of, stream, told, () => true);
      return told !== null;
    },
    looked: looks.segment,
    stopped: isStopped,
  });
  let turns = 0;

  const step = async (): Promise<boolean> => {
    await lookAtFresh();
    turns += 1;
    // In turn with the pass, which may take days.
    if (pass !== null && !again && (pass.stage === null || turns % 2 === 0) && (await catchUp(pass))) {
      save(!waiting.any());
      return true;
    }
    if (clock.monoMs() < settledMs) return false;
    if (again || pass === null || (pass.stage === null && clock.nowMs() >= nextMs())) {
      again = false;
      pass = newPass(clock.nowMs());
      findings.begin();
      waiting.clear();
      save(true);
    }
    switch (pass.stage) {
      case null:
        return false;
      case 'files':
        await stepFiles(pass);
        return true;
      case 'chains':
        await stepChain(pass);
        return true;
      case 'hashes':
        await stepHash(pass);
        return true;
    }
  };

  const passedOver = (): string[] => {
    const hanging = verifier.hanging();
    return volumes
      .seen()
      .flatMap((v) => (hanging.includes(v.row.volume) ? [diskCalled({ name: v.row.name, path: v.path })] : []));
  };

  const work = async (): Promise<void> => {
    running = true;
    let waitMs = 0;
    try {
      waitMs = (await step()) ? 0 : waiting.any() ? waitingMs : idleMs;
      trouble = null;
    } catch (error) {
      waitMs = retryMs;
      const text = error instanceof Error ? error.message : String(error);
      if (!stopped && trouble !== text)
        log.warn('looking at recordings does not go on; it is tried again', { error: text });
      trouble = text;
    }
    running = false;
    wake(waitMs);
  };
  const wake = (ms: number): void => {
    if (stopped) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void work(), ms);
  };

  return {
    state: () => ({
      plan,
      pass,
      lastMs: lastMs(),
      nextMs: nextMs(),
      segments: store.counts().segments,
      findings: findings.list(),
      more: findings.more(),
      trouble,
      passedOver: passedOver(),
    }),
    checkNow() {
      again = true;
      settledMs = -Infinity;
      if (!running) wake(0);
      else if (pass !== null) pass = { ...pass }; // what is going on ends after its segment
    },
    plan(next) {
      plan = next;
      store.setting.set(planKey, JSON.stringify(next));
      if (!running) wake(0);
    },
    proof: (id, kind, startMs) => proofOf(store, id, kind, startMs),
    found: () => findings.list().length + findings.more(),
    start() {
      stopped = false;
      startedMs = clock.nowMs();
      settledMs = clock.monoMs() + settleMs;
      wake(soonMs);
    },
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      timer = null;
      save(true);
    },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function read<S extends z.ZodType>(schema: S, text: string | null): z.infer<S> | null {
  try {
    return schema.parse(JSON.parse(text ?? ''));
  } catch {
    return null; // never set, or from another version: the usual holds
  }
}

import type { AnalysisTrouble } from '#domain/analysis-trouble.ts';
import { diskCalled, ownVolume } from '#domain/volume.ts';
import type { CameraId } from '#domain/id.ts';
import type { Clock } from '#lib/clock.ts';
import type { Backups } from './backups.ts';
import type { CameraRoom } from './cameras.ts';
import { type DiskPressureRoom, slowWords } from './disk-pressure.ts';
import type { EncryptionRoom } from './encryption.ts';
import { shortWords } from './guarantees.ts';
import type { IndexJournal } from './index-journal.ts';
import type { IngestPool } from './ingest-pool.ts';
import type { Keeping } from './keeping.ts';
import type { Ffmpeg } from './ffmpeg-port.ts';
import type { ReadStore } from './index-port.ts';
import type { SegmentFiles } from './segment-file-port.ts';
import type { HealthReport, Privacy } from './rooms.ts';
import { refusedWords } from './refused-folders.ts';
import type { SystemWatch } from './system-watch.ts';
import { troubleOf } from './volume-words.ts';
import type { VolumeRoom } from './volumes.ts';

/** A worker that was restarted this recently is still a matter for a person. */
const restartWindowMs = 60_000;

export function createHealth(deps: {
  clock: Clock;
  startedMs: number;
  store: Pick<ReadStore, 'counts'>;
  files: Pick<SegmentFiles, 'root'>;
  integrity: { found(): number };
  privacy: Pick<Privacy, 'settings'>;
  encryption: Pick<EncryptionRoom, 'list'>;
  backups: Pick<Backups, 'state'>;
  ffmpeg: Pick<Ffmpeg, 'found'>;
  volumes: Pick<VolumeRoom, 'seen' | 'refusedFolders'>;
  watch: Pick<SystemWatch, 'space' | 'diskState' | 'refusal'>;
  journal: Pick<IndexJournal, 'trouble'>;
  keeping: {
    retention: Pick<Keeping['retention'], 'stuck' | 'trouble'>;
    archiving: Pick<Keeping['archiving'], 'troubles' | 'undeleted'>;
    guarantees: Pick<Keeping['guarantees'], 'short'>;
  };
  pressure: Pick<DiskPressureRoom, 'slow'>;
  /** Pictures that are not analysed although they are to be. */
  analysis: () => AnalysisTrouble[];
  pool: () => Pick<IngestPool, 'workers'>;
  watchWorkers: () => ReturnType<IngestPool['workers']>;
  queryWorkers: () => { restarts: number };
  cameras: Pick<CameraRoom, 'list'>;
}) {
  const { clock, watch } = deps;
  let crashMs = -Infinity;

  const report = (): HealthReport => {
    const problems: HealthReport['problems'] = [];
    type Of = { disk: string; volume: number };
    const add = (code: HealthReport['problems'][number]['code'], detail: string, of?: Of): void => {
      problems.push({ code, detail, ...of });
    };
    const disk = watch.diskState();
    const space = watch.space();
    const trouble = deps.journal.trouble();
    const cameras = deps.cameras.list().filter((c) => c.enabled);
    const nameOfCamera = (id: CameraId): string => cameras.find((c) => c.id === id)?.name ?? id;
    const refusal = watch.refusal();
    const volumes = deps.volumes.seen();
    const nameOf = (volume: number): string => volumes.find((v) => v.row.volume === volume)?.row.name ?? '';
    /** What a volume is called: alone, and in a sentence. */
    const called = (volume: number, path: string): { of: Of; at: string } => {
      const name = nameOf(volume);
      return { of: { disk: name === '' ? path : name, volume }, at: diskCalled({ name, path }) };
    };
    const own = called(ownVolume, deps.files.root);
    /** Others take what should go to the own one, and the index can be written. */
    const elsewhere = trouble === null && volumes.some((v) => v.row.volume !== ownVolume && v.fitness !== 'no');
    const ownTrouble = (code: 'disk-full' | 'disk-error', detail: string): void => {
      if (elsewhere) add('volume-trouble', `${detail} Recording goes on on the other disks.`, own.of);
      else add(code, detail, own.of);
    };
    if (disk === 'full')
      ownTrouble(
        'disk-full',
        refusal === 'EDQUOT'
          ? `The quota of this station on the disk of ${own.at} is used up: nothing more can be recorded there. Raise the quota.`
          : `The disk of ${own.at} is full: nothing more can be recorded there. Make room on it.`,
      );
    if (disk === 'error')
      ownTrouble(
        'disk-error',
        refusal === 'ENOENT' || refusal === 'ENODEV'
          ? (troubleOf(refusal === 'ENOENT' ? 'missing' : 'swapped', own.at) ?? '')
          : refusal === 'EIO'
            ? `The disk of ${own.at} reports faults when it is written (EIO). Check its cable; replace it soon.`
            : `${own.at} cannot be written${refusal === null ? '' : ` (${refusal})`}. Check the disk, its cable and its permissions.`,
      );
    if (trouble !== null && disk === 'ok') add('disk-error', trouble.message);
    const ailing = volumes.filter((v) => v.row.volume !== ownVolume && v.state !== 'ok' && v.state !== 'unseen');
    for (const { trouble: words, path, row } of ailing) {
      const { of, at } = called(row.volume, path);
      add('volume-trouble', words ?? at, of);
    }
    if (disk === 'ok' && volumes.every((v) => v.fitness === 'no'))
      add('disk-error', 'No disk takes recordings now: each is paused, full or not usable.');
    for (const folder of deps.volumes.refusedFolders()) {
      const disk = nameOf(folder.volume);
      const of = disk === '' ? { volume: folder.volume } : { disk, volume: folder.volume };
      problems.push({ code: 'folder-refused', detail: refusedWords(folder), folder, ...of });
    }
    for (const slow of deps.pressure.slow()) {
      const { of, at } = called(slow.volume, slow.path);
      problems.push({ code: 'disk-slow', detail: slowWords({ ...slow, path: at }), ...of, slow });
    }
    const troubled = cameras.flatMap((c) =>
      c.streams
        .filter((s) => s.trouble !== null && s.trouble !== 'worker' && s.trouble !== 'disk-slow')
        .map(() => c.name),
    );
    const names = [...new Set(troubled)];
    if (names.length > 0)
      add('camera-trouble', `${names.length} of ${cameras.length}: ${names.slice(0, 10).join(', ')}`);
    for (const analysis of deps.analysis())
      problems.push({ code: 'analysis-trouble', detail: analysisWords(analysis, nameOfCamera), analysis });
    for (const { volume, path } of deps.keeping.retention.stuck()) {
      const { of, at } = called(volume, path);
      add('retention-stuck', `Minima and holds keep all that is on the disk of ${at}: it becomes full.`, of);
    }
    const undeleted = deps.keeping.retention.trouble() ?? deps.keeping.archiving.undeleted();
    if (undeleted !== null) add('deleting-stuck', `Recordings cannot be deleted: ${undeleted}`);
    for (const short of deps.keeping.guarantees.short()) {
      const code = short.is === 'going' ? 'minimum-broken' : 'minimum-ahead';
      const { of, at } = called(short.volume, short.path);
      problems.push({ code, detail: shortWords({ ...short, path: at }), ...of, short });
    }
    for (const { volume, on, keys } of deps.encryption.list()) {
      const { of, at } = called(volume, volumes.find((v) => v.row.volume === volume)?.path ?? '');
      if (keys.some((k) => k.state === 'locked'))
        add('footage-locked', `${at}: recordings are locked. The passphrase or the recovery key unlocks them.`, of);
      if (on && !keys.some((k) => k.state === 'writing'))
        add('footage-plain', `${at} takes no new key: what is recorded there is not encrypted.`, of);
    }
    for (const words of deps.keeping.archiving.troubles()) add('archive-trouble', words);
    const unsound = deps.integrity.found();
    if (unsound > 0) add('recordings-unsound', `${unsound} found by the last look at files, chains and hashes.`);
    const unsaved = deps.backups.state().trouble;
    if (unsaved !== null) add('index-backup', unsaved);
    if (deps.privacy.settings().unreadable)
      add(
        'privacy-unreadable',
        'Who is given whole video of cameras with private zones cannot be read any more. Until it is chosen anew, administrators alone are.',
      );
    if (disk === 'low')
      add(
        'disk-low',
        `${Math.round((space?.freeBytes ?? 0) / 2 ** 20)} MiB are free on the disk of ${own.at}.`,
        own.of,
      );
    if (clock.monoMs() - crashMs < restartWindowMs)
      add('worker-restarting', 'An ingest worker stopped and was started again.');
    if (deps.ffmpeg.found === null) {
      add('no-ffmpeg', 'No ffmpeg was found. Recording works; unusual cameras and screens without H.265 need it.');
    } else if (deps.ffmpeg.found.source.includes('@ffmpeg-installer')) {
      add('ffmpeg-old', `ffmpeg ${deps.ffmpeg.found.version} is old. Install a newer one.`);
    }
    const failing = problems.some((p) => p.code === 'disk-full' || p.code === 'disk-error');
    const degraded = problems.some((p) => p.code !== 'no-ffmpeg' && p.code !== 'ffmpeg-old');
    const counts = deps.store.counts();
    const query = deps.queryWorkers();
    return {
      state: failing ? 'failing' : degraded ? 'degraded' : 'ok',
      startedMs: deps.startedMs,
      problems,
      volume: {
        name: nameOf(ownVolume),
        path: deps.files.root,
        totalBytes: space?.totalBytes ?? 0,
        freeBytes: space?.freeBytes ?? 0,
        writable: (space?.writable ?? false) && disk !== 'full' && disk !== 'error',
      },
      database: { bytes: counts.bytes, segments: counts.segments, events: counts.events },
      workers: [
        ...deps.pool().workers(),
        ...deps.watchWorkers(),
        { kind: 'query', streams: 0, restarts: query.restarts, cpuSeconds: null },
      ],
      ffmpeg:
        deps.ffmpeg.found === null ? null : { version: deps.ffmpeg.found.version, source: deps.ffmpeg.found.source },
      memoryBytes: process.memoryUsage.rss(),
    };
  };
  return {
    report: () => Promise.resolve(report()),
    workerCrashed() {
      crashMs = clock.monoMs();
    },
  };
}

const analysisReasons: Record<AnalysisTrouble['reason'], string> = {
  busy: 'looked at less often than asked for, because this PC is too busy',
  'key-frames': 'looked at less often than asked for, because the camera sends too few key frames',
  'no-ffmpeg': 'not analysed: no ffmpeg was found',
  'no-model': 'not analysed: there is no model that can be used',
  'model-failed': 'not analysed: the model fails again and again',
  workers: 'not analysed: no worker answers',
  undecodable: 'not analysed: ffmpeg cannot decode them',
  'plates-no-model': 'not read: there is no model that reads plates',
  'plates-model-failed': 'not read: the model that reads plates fails again and again',
};
/** `Pictures of 2 cameras (Gate, Yard) are not analysed: no worker answers.` */
function analysisWords({ reason, cameras, count }: AnalysisTrouble, nameOf: (id: CameraId) => string): string {
  const names = `${cameras.map(nameOf).join(', ')}${count > cameras.length ? ' …' : ''}`;
  const whose = count === 1 ? names : `${String(count)} cameras (${names})`;
  return `${reason.startsWith('plates-') ? 'Number plates' : 'Pictures'} of ${whose} are ${analysisReasons[reason]}.`;
}

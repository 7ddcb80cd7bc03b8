import { Link } from 'wouter';
import { ownVolume } from '#domain/volume.ts';
import { readAnalysis, useAnalysis } from '../stores/analysis.ts';
import { useCameras } from '../stores/cameras.ts';
import { readHealth, useHealth } from '../stores/health.ts';
import { readModels } from '../stores/models.ts';
import { bytesOf, dateTimeOf, daysOf, millisecondsOf, numberOf, spanOf } from '../text/format.ts';
import { t, useTranslation } from '../text/index.ts';
import { isTroubled } from '../ui/camera-words.ts';
import { diskCalled } from '../ui/disk-name.ts';
import { analysisWords, refusalWords } from '../ui/event-words.ts';
import { Mark, Shape, type Tone } from '../ui/mark.tsx';
import { TableScroll } from '../ui/table-scroll.tsx';
import { useReading } from '../ui/use-reading.ts';
import { WorkQueues } from './analysis/work-queues.tsx';
import { Workers } from './analysis/workers-part.tsx';

const everyMs = 4000;
const tones: Record<'ok' | 'degraded' | 'failing', Tone> = { ok: 'ok', degraded: 'warn', failing: 'bad' };

type Report = NonNullable<ReturnType<typeof useHealth.getState>['health']>;

type Problem = Report['problems'][number];

/** Which disk, how far it is behind and what is not recorded for that. */
function SlowFacts({ slow, disk }: { slow: NonNullable<Problem['slow']>; disk: string }) {
  const { t } = useTranslation();
  const { is, behindMs, yielding, of } = slow;
  return (
    <p className="quiet">
      {disk}
      {is === 'returns' ? '' : ` · ${t('settings.health.slow.behind', { seconds: numberOf(behindMs / 1000, 1) })}`}
      {yielding > 0
        ? ` · ${t('settings.health.slow.yielding', { yielding: numberOf(yielding), of: numberOf(of) })}`
        : ''}
    </p>
  );
}

/** Which disk is too small for what is guaranteed on it, for whom, and when it goes. */
function ShortFacts({ short, disk }: { short: NonNullable<Problem['short']>; disk: string }) {
  const { t } = useTranslation();
  const { is, atMs, of, streams, heldBytes } = short;
  return (
    <>
      <p className="quiet">
        {disk}
        {` · ${t(`settings.health.short.${is}`, { at: dateTimeOf(atMs) })}`}
        {heldBytes > 0 ? ` · ${t('settings.health.short.held', { size: bytesOf(heldBytes) })}` : ''}
      </p>
      <ul className="quiet">
        {of.map(({ cameraId, name, stream, minMs, keptMs }) => (
          <li key={`${cameraId} ${stream}`}>
            {`${name} (${t(`retention.stream.${stream}`)})${t('app.sign.colon')}${t('settings.health.short.least', { time: daysOf(minMs) })}`}
            {keptMs === null ? '' : `, ${t('settings.health.short.kept', { time: daysOf(keptMs) })}`}
          </li>
        ))}
      </ul>
      {streams > of.length ? (
        <p className="quiet">{t('settings.health.short.more', { count: streams - of.length })}</p>
      ) : null}
    </>
  );
}

/** Why pictures are not analysed, or less often, what to do, and whose they are. */
function AnalysisFacts({ analysis }: { analysis: NonNullable<Problem['analysis']> }) {
  const { t } = useTranslation();
  const all = useCameras((s) => s.list);
  const { reason, part, cameras, count } = analysis;
  const named = cameras.flatMap((id) => all.find((c) => c.id === id) ?? []);
  return (
    <>
      <p className="quiet">{analysisWords({ why: reason, part })}</p>
      <p className="quiet">
        {named.map((c, i) => (
          <span key={c.id}>
            {i > 0 ? ', ' : ''}
            <Link href={`/cameras/${c.id}/watching`}>{`${String(c.number)} ${c.name}`}</Link>
          </span>
        ))}
        {count > named.length ? ` · ${t('settings.health.analysisMore', { count: count - named.length })}` : ''}
      </p>
    </>
  );
}

/** What a problem is about, from what this screen knows itself: the station's own sentences are English, for logs. */
function Facts({
  problem: { code, slow, short, folder, disk: name, volume: number, analysis },
  health,
}: {
  problem: Problem;
  health: Report;
}) {
  const { t } = useTranslation();
  const cameras = useCameras((s) => s.list);
  const { volume, ffmpeg } = health;
  const disk = diskCalled({ name, volume: number });
  switch (code) {
    case 'disk-low':
    case 'disk-full':
      return (
        <p className="quiet">
          {disk === '' ? '' : `${disk} · `}
          {t('settings.health.diskFree', { free: bytesOf(volume.freeBytes), total: bytesOf(volume.totalBytes) })}
        </p>
      );
    case 'disk-slow':
      return slow === undefined ? null : <SlowFacts slow={slow} disk={disk} />;
    case 'disk-error':
      return <p className="quiet">{disk}</p>;
    case 'folder-refused':
      return folder === undefined ? null : (
        <p className="quiet">
          {`${folder.camera} · ${name === undefined && folder.path !== '' ? '' : `${disk} · `}`}
          {folder.path === '' ? null : <span className="mono">{folder.path}</span>}
          {` · ${refusalWords(folder.code)} · ${t(folder.elsewhere ? 'settings.health.folder.elsewhere' : 'settings.health.folder.nowhere')}`}
        </p>
      );
    case 'ffmpeg-old':
      return ffmpeg ? <p className="quiet">{`ffmpeg ${ffmpeg.version}`}</p> : null;
    case 'camera-trouble': {
      const troubled = cameras.filter(isTroubled);
      return troubled.length === 0 ? null : (
        <p className="quiet">
          {troubled.map((c, i) => (
            <span key={c.id}>
              {i > 0 ? ', ' : ''}
              <Link href={`/?camera=${c.id}`}>{`${String(c.number)} ${c.name}`}</Link>
            </span>
          ))}
        </p>
      );
    }
    case 'analysis-trouble':
      return analysis === undefined ? null : <AnalysisFacts analysis={analysis} />;
    case 'recordings-unsound':
    case 'index-backup':
      return (
        <p className="quiet">
          <Link href="/storage/integrity">{t('integrity.title')}</Link>
        </p>
      );
    case 'volume-trouble':
      return (
        <p className="quiet">
          {disk === '' ? '' : `${disk} · `}
          <Link href="/storage">{t('storage.title')}</Link>
        </p>
      );
    case 'privacy-unreadable':
      return (
        <p className="quiet">
          <Link href="/settings">{t('settings.privacy.title')}</Link>
        </p>
      );
    case 'worker-restarting':
    case 'no-ffmpeg':
    case 'query-slow':
      return null;
    case 'footage-locked':
    case 'footage-plain':
      return (
        <p className="quiet">
          {disk === '' ? '' : `${disk} · `}
          <Link href="/storage/encryption">{t('encryption.title')}</Link>
        </p>
      );
    case 'archive-trouble':
      return (
        <p className="quiet">
          <Link href="/storage/archive">{t('storage.tab.archive')}</Link>
        </p>
      );
    case 'deleting-stuck':
      return (
        <p className="quiet">
          <Link href="/storage/retention">{t('retention.title')}</Link>
        </p>
      );
    case 'retention-stuck':
    case 'minimum-ahead':
    case 'minimum-broken':
      return (
        <>
          {short === undefined ? null : <ShortFacts short={short} disk={disk} />}
          <p className="quiet">
            {short !== undefined || disk === '' ? '' : `${disk} · `}
            <Link href="/storage/forecast">{t('storage.forecast.title')}</Link>
          </p>
        </>
      );
  }
}

/** Who runs models, how much waits, how long it takes, and where there is more of it. */
function AnalysisPart() {
  const { t } = useTranslation();
  const now = useAnalysis((s) => s.now);
  if (now === null) return null;
  return (
    <section className="section" aria-labelledby="health-analysis">
      <h2 id="health-analysis">{t('analysis.title')}</h2>
      <div className="stack">
        <dl className="facts">
          <dt>{t('analysis.fact.waiting')}</dt>
          <dd>
            {t('settings.health.waitingOf', { number: numberOf(now.queue.waiting), of: numberOf(now.queue.bound) })}
          </dd>
          <dt>{t('analysis.most')}</dt>
          <dd>{now.totalMs === null ? t('analysis.nothing') : millisecondsOf(now.totalMs.p95)}</dd>
        </dl>
        <Workers now={now} />
        <p>
          <Link href="/settings/analysis">{t('settings.health.moreOfAnalysis')}</Link>
        </p>
      </div>
    </section>
  );
}

const read = async (signal: AbortSignal): Promise<void> => {
  await Promise.all([readHealth(signal), readAnalysis(signal), readModels(signal)]);
};

function wordsOf({ code, slow, analysis }: Problem): string {
  if (slow !== undefined) return t(`settings.health.slow.${slow.is}`);
  if (code === 'analysis-trouble' && analysis !== undefined && analysis.part !== null)
    return t('settings.health.lessAnalysed');
  if (analysis?.reason.startsWith('plates-') === true) return t('settings.health.platesUnread');
  return t(`settings.health.code.${code}`);
}

export function HealthPage() {
  const { t } = useTranslation();
  const health = useHealth((s) => s.health);
  useReading(read, everyMs); // the line's own banner says when the station is away
  if (!health)
    return (
      <div className="page wide">
        <h1>{t('settings.health.title')}</h1>
        <p className="blank">{t('settings.health.reading')}</p>
      </div>
    );
  const { volume, database, workers, ffmpeg } = health;
  const used = volume.totalBytes > 0 ? 1 - volume.freeBytes / volume.totalBytes : 0;
  return (
    <div className="page wide">
      <div className="page-head">
        <h1>{t('settings.health.title')}</h1>
        <Mark tone={tones[health.state]}>{t(`settings.health.${health.state}`)}</Mark>
        <Link href="/health/cameras">{t('settings.health.ofCameras')}</Link>
        <span className="count">{t('settings.health.up', { time: dateTimeOf(health.startedMs) })}</span>
      </div>
      <section className="section">
        <h2>{t('settings.health.problems')}</h2>
        <div className="stack">
          {health.problems.length === 0 ? <p className="quiet">{t('settings.health.noProblems')}</p> : null}
          {health.problems.map((p) => (
            <div
              className="problem"
              key={`${p.code} ${p.volume ?? ''} ${p.folder?.camera ?? p.analysis?.reason ?? p.disk ?? p.detail}`}
            >
              <span className="mark" data-tone="warn">
                <Shape tone="warn" />
              </span>
              <div>
                <p>{wordsOf(p)}</p>
                <Facts problem={p} health={health} />
              </div>
            </div>
          ))}
        </div>
      </section>
      <section className="section">
        <h2>{t('settings.health.disk')}</h2>
        <div>
          {volume.name === '' && volume.path !== '' ? null : (
            <p>{diskCalled({ name: volume.name, volume: ownVolume })}</p>
          )}
          {volume.path === '' ? null : <p className={volume.name === '' ? 'mono' : 'quiet mono'}>{volume.path}</p>}
          <p>
            {t('settings.health.diskFree', { free: bytesOf(volume.freeBytes), total: bytesOf(volume.totalBytes) })} ·{' '}
            {volume.writable ? (
              t('settings.health.writable')
            ) : (
              <span className="fault">{t('settings.health.notWritable')}</span>
            )}
          </p>
          <div className="meter" data-tone={used > 0.95 ? 'warn' : 'ok'}>
            <i style={{ width: `${String(Math.round(used * 100))}%` }} />
          </div>
        </div>
      </section>
      <section className="section">
        <h2>{t('settings.station')}</h2>
        <dl className="facts">
          <dt>{t('settings.health.index')}</dt>
          <dd>
            {bytesOf(database.bytes)} · {t('settings.health.segments', { count: database.segments })} ·{' '}
            {t('settings.health.eventCount', { count: database.events })}
          </dd>
          <dt>{t('settings.health.memory')}</dt>
          <dd>{bytesOf(health.memoryBytes)}</dd>
          <dt>{t('settings.health.viewers')}</dt>
          <dd>{numberOf(health.liveViewers)}</dd>
          <dt>{t('settings.health.ffmpeg')}</dt>
          <dd>{ffmpeg ? `${ffmpeg.version} (${ffmpeg.source})` : t('settings.health.noFfmpeg')}</dd>
        </dl>
      </section>
      <section className="section">
        <h2>{t('settings.health.workers')}</h2>
        <TableScroll label={t('settings.health.workers')}>
          <table className="table">
            <thead>
              <tr>
                <th>{t('settings.health.worker')}</th>
                <th className="num">{t('settings.health.streams')}</th>
                <th className="num">{t('settings.health.cpu')}</th>
                <th className="num">{t('settings.health.restarts')}</th>
              </tr>
            </thead>
            <tbody>
              {workers.map((w, i) => (
                <tr key={`${w.kind}-${String(i)}`}>
                  <td>{t(`settings.health.kind.${w.kind}`)}</td>
                  <td className="num">{numberOf(w.streams)}</td>
                  <td className="num">{w.cpuSeconds === null ? '–' : spanOf(w.cpuSeconds * 1000)}</td>
                  <td className="num">{numberOf(w.restarts)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableScroll>
      </section>
      <AnalysisPart />
      <WorkQueues />
    </div>
  );
}

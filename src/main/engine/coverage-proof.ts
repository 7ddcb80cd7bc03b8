/** Proves how much of what should have been recorded was: per camera, per part of a span, each gap with its cause. */
import { invalid } from '#contract/error.ts';
import type { CoverageProof, Missing } from '#domain/coverage-proof.ts';
import { addShares, missingOf, shareOf, takeApart, together, type Parts } from '#domain/decide/prove-coverage.ts';
import type { CameraId } from '#domain/id.ts';
import { dayMs } from '#domain/time.ts';
import type { Clock } from '#lib/clock.ts';
import type { Queries, StreamAccount } from './query-port.ts';
import type { ReportWriter } from './report-port.ts';
import type { CoverageProofs } from './rooms.ts';

const longestMs = 400 * dayMs;
const mostMissing = 10_000;
/** What was recorded just now is not in the index yet: a fragment waits for a second, the index is written once a second. */
const unsettledMs = 5_000;

type OfCamera = { head: StreamAccount; parts: Parts; streams: { stream: StreamAccount['stream']; parts: Parts }[] };

export function createCoverageProofs(deps: {
  clock: Clock;
  queries: Pick<Queries, 'accounts'>;
  reports: ReportWriter;
  stationName: () => string;
}): CoverageProofs {
  const { clock, queries } = deps;

  const settledMs = (): number => clock.nowMs() - unsettledMs;

  const look = async (cameraIds: readonly CameraId[], fromMs: number, toMs: number): Promise<OfCamera[]> => {
    if (toMs <= fromMs) throw invalid('toMs', 'order', 'A span must end after it starts.');
    if (toMs - fromMs > longestMs) throw invalid('toMs', 'span', 'Ask for 400 days at most.', { most: longestMs });
    const nowMs = settledMs();
    const accounts = await queries.accounts({
      cameraIds: cameraIds.length === 0 ? null : [...cameraIds],
      fromMs,
      toMs,
    });
    const cameras = new Map<CameraId, StreamAccount[]>();
    for (const account of accounts) cameras.set(account.cameraId, [...(cameras.get(account.cameraId) ?? []), account]);
    return [...cameras.values()].flatMap((of) => {
      const streams = of.map((a) => ({ stream: a.stream, parts: takeApart(a, fromMs, toMs, nowMs) }));
      const head = of[0];
      return head === undefined ? [] : [{ head, streams, parts: together(streams.map((s) => s.parts)) }];
    });
  };

  const proofOf = async (cameraIds: readonly CameraId[], edgesMs: readonly number[]): Promise<CoverageProof> => {
    const fromMs = edgesMs[0] ?? 0;
    const untilMs = edgesMs.at(-1) ?? fromMs;
    if (edgesMs.some((edge, i) => i > 0 && edge <= (edgesMs[i - 1] ?? edge)))
      throw invalid('edgesMs', 'order', 'The parts of a span must follow each other.');
    const nowMs = settledMs();
    const cameras = (await look(cameraIds, fromMs, untilMs)).map(({ head, parts, streams }) => {
      const missing = missingOf(parts, nowMs);
      return {
        cameraId: head.cameraId,
        number: head.number,
        name: head.name,
        removed: head.removed,
        total: shareOf(parts, fromMs, untilMs),
        parts: edgesMs.slice(1).map((to, i) => shareOf(parts, edgesMs[i] ?? to, to)),
        streams: streams.map((s) => ({ stream: s.stream, total: shareOf(s.parts, fromMs, untilMs) })),
        missingCount: missing.length,
        longestMissingMs: missing.reduce((most, m) => Math.max(most, m.toMs - m.fromMs), 0),
      };
    });
    return {
      fromMs,
      toMs: Math.min(untilMs, Math.max(fromMs, nowMs)),
      madeMs: clock.nowMs(),
      cameras,
      total: addShares(cameras.map((c) => c.total)),
    };
  };

  const missingIn = async (
    id: CameraId,
    fromMs: number,
    toMs: number,
  ): Promise<{ missing: Missing[]; more: boolean }> => {
    const [camera] = await look([id], fromMs, toMs);
    const missing = camera === undefined ? [] : missingOf(camera.parts, settledMs());
    return { missing: missing.slice(0, mostMissing), more: missing.length > mostMissing };
  };

  return {
    prove: ({ cameraId, edgesMs }) => proofOf(cameraId, edgesMs),
    missing: ({ id, fromMs, toMs }) => missingIn(id, fromMs, toMs),
    async report(form, { fromMs, toMs, cameraId, zone, language, by }) {
      const proof = await proofOf(cameraId, [fromMs, toMs]);
      const missing = new Map<CameraId, Awaited<ReturnType<typeof missingIn>>>();
      for (const camera of proof.cameras)
        missing.set(camera.cameraId, await missingIn(camera.cameraId, fromMs, proof.toMs));
      const report = { station: deps.stationName(), by, zone, language, proof, missing };
      return form === 'csv' ? deps.reports.coverageCsv(report) : deps.reports.coveragePdf(report);
    },
  };
}

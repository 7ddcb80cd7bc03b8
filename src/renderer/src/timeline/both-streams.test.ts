import { describe, expect, it } from 'vitest';
import { CameraId } from '#domain/id.ts';
import { bothStreams, outside } from './both-streams.ts';
import type { CoverageRow } from './coverage.ts';

const cameraId = CameraId.parse('01HV0000000000000000000001');
type Gap = [number, number | null];
const row = (stream: 'main' | 'sub', spans: [number, number][], gaps: Gap[] = []): CoverageRow => ({
  cameraId,
  stream,
  spans,
  backFilled: [],
  archived: [],
  gaps: gaps.map(([fromMs, toMs]) => ({ cameraId, stream, fromMs, toMs, cause: 'camera-lost' })),
});
const gapsOf = (r: CoverageRow): Gap[] => r.gaps.map((g) => [g.fromMs, g.toMs]);

describe('bothStreams', () => {
  it('shows a camera that records its sub stream only', () => {
    const both = bothStreams(row('main', []), row('sub', [[10, 50]], [[50, null]]));
    expect(both.spans).toEqual([[10, 50]]);
    expect(gapsOf(both)).toEqual([[50, null]]);
  });
  it('keeps a gap of the main stream a gap although the sub stream recorded', () => {
    const both = bothStreams(
      row(
        'main',
        [
          [0, 20],
          [30, 40],
        ],
        [[20, 30]],
      ),
      row('sub', [[0, 60]]),
    );
    expect(both.spans).toEqual([
      [0, 20],
      [30, 60],
    ]);
    expect(gapsOf(both)).toEqual([[20, 30]]);
  });
  it('tells no gap of the sub stream where the main stream recorded', () => {
    const both = bothStreams(row('main', [[0, 40]]), row('sub', [[60, 80]], [[20, 60]]));
    expect(both.spans).toEqual([
      [0, 40],
      [60, 80],
    ]);
    expect(gapsOf(both)).toEqual([[40, 60]]);
  });
  it('lets an open gap of the main stream reach to now', () => {
    const both = bothStreams(row('main', [[0, 20]], [[20, null]]), row('sub', [[0, 90]], [[90, null]]));
    expect(both.spans).toEqual([[0, 20]]);
    expect(gapsOf(both)).toEqual([[20, null]]);
  });
});

describe('outside', () => {
  it('cuts what lies in others', () => {
    expect(
      outside(
        [
          [0, 10],
          [20, 30],
        ],
        [
          [2, 4],
          [8, 22],
          [28, 40],
        ],
      ),
    ).toEqual([
      [0, 2],
      [4, 8],
      [22, 28],
    ]);
  });
});

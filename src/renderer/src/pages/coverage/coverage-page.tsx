/** What can be proven: of a month or of last night, per camera, how much of what should have been recorded was. */
import { Button, SegmentedControl } from '@mantine/core';
import { ChevronLeft, ChevronRight, Download } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useSearchParams } from 'wouter';
import { recordedShare, shownPercent } from '#domain/coverage-proof.ts';
import { createTimeZone, ownTimeZone } from '#domain/time-zone.ts';
import { stationNowMs } from '../../client/index.ts';
import { useScreen } from '../../stores/screen.ts';
import { prove, type Proof } from '../../stores/coverage.ts';
import { dateTimeOf, durationOf, monthOf, percentOf, spanOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { refusalText } from '../../ui/refusal.ts';
import { HeatMap, type Field } from './heat-map.tsx';
import { MissingList } from './missing-list.tsx';
import { edgesOf, monthBeside, readAsked, writeAsked, type Asked } from './spans.ts';
import './coverage.css';

/** So many cameras are listed by themselves; of others a field is chosen. */
const mostLists = 12;

type Answer = { of: string; proof: Proof | null; fault: string | null };

function useProof(edgesMs: number[]): Answer | null {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const of = edgesMs.join(' ');
  useEffect(() => {
    const abort = new AbortController();
    prove(of.split(' ').map(Number), abort.signal).then(
      (proof) => {
        setAnswer({ of, proof, fault: null });
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setAnswer({ of, proof: null, fault: refusalText(error) });
      },
    );
    return () => {
      abort.abort();
    };
  }, [of]);
  return answer?.of === of ? answer : null;
}

export function CoveragePage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const [nowMs] = useState(stationNowMs);
  const zone = useMemo(() => createTimeZone(ownTimeZone()), []);
  const asked = readAsked(search.get('of'), zone, nowMs);
  const edgesMs = edgesOf(asked, zone, nowMs);
  const answer = useProof(edgesMs);
  const [chosen, setChosen] = useState<Field | null>(null);
  const show = (next: Asked): void => {
    setChosen(null);
    setSearch({ of: writeAsked(next) });
  };
  const month = asked.of === 'month' ? asked : readAsked(null, zone, nowMs);
  const [fromMs, toMs] = [edgesMs[0] ?? 0, edgesMs.at(-1) ?? 0];
  const proof = answer?.proof ?? null;
  const camera = proof?.cameras.find((c) => c.cameraId === chosen?.camera);
  const part = { fromMs: edgesMs[chosen?.part ?? 0] ?? fromMs, toMs: edgesMs[(chosen?.part ?? 0) + 1] ?? toMs };
  const lacking = proof?.cameras.filter((c) => c.missingCount > 0) ?? [];
  return (
    <div className="page wide">
      <div className="page-head">
        <h1>{t('coverage.title')}</h1>
        <div className="end">
          <SegmentedControl
            aria-label={t('coverage.span')}
            data={[
              { value: 'night', label: t('coverage.lastNight') },
              { value: 'month', label: t('coverage.month') },
            ]}
            value={asked.of}
            onChange={(of) => {
              show(of === 'night' ? { of: 'night' } : readAsked(null, zone, nowMs));
            }}
          />
          <Files fromMs={fromMs} toMs={Math.min(toMs, nowMs)} zone={zone.name} />
        </div>
      </div>
      <div className="coverage-way">
        {month.of === 'month' && asked.of === 'month' && (
          <>
            <button
              type="button"
              className="tool"
              aria-label={t('timeline.previousMonth')}
              title={t('timeline.previousMonth')}
              onClick={() => {
                show(monthBeside(month, -1));
              }}
            >
              <ChevronLeft size={16} aria-hidden="true" />
            </button>
            <strong className="coverage-month">{monthOf(fromMs + 43_200_000)}</strong>
            <button
              type="button"
              className="tool"
              aria-label={t('timeline.nextMonth')}
              title={t('timeline.nextMonth')}
              disabled={zone.at({ year: month.year, month: month.month + 1, day: 1 }) > nowMs}
              onClick={() => {
                show(monthBeside(month, 1));
              }}
            >
              <ChevronRight size={16} aria-hidden="true" />
            </button>
          </>
        )}
        {asked.of === 'night' && (
          <strong className="coverage-month">
            {t('coverage.night', { from: dateTimeOf(fromMs), to: dateTimeOf(toMs) })}
          </strong>
        )}
        {proof && <Sentence proof={proof} />}
      </div>
      {answer?.fault != null && <p className="fault">{answer.fault}</p>}
      {proof && proof.cameras.length > 0 && (
        <HeatMap
          key={answer?.of}
          proof={proof}
          edgesMs={edgesMs}
          byHour={asked.of === 'night'}
          chosen={chosen}
          onChoose={setChosen}
        />
      )}
      {proof && proof.cameras.length > 0 && <p className="quiet coverage-key">{t('coverage.key')}</p>}
      {chosen === null &&
        lacking
          .slice(0, mostLists)
          .map((c) => (
            <MissingList
              key={`${answer?.of ?? ''} ${c.cameraId}`}
              camera={c.cameraId}
              title={c.name}
              fromMs={fromMs}
              toMs={toMs}
            />
          ))}
      {chosen === null && lacking.length > mostLists && (
        <p className="quiet">{t('coverage.moreCameras', { count: lacking.length - mostLists })}</p>
      )}
      {chosen && camera && (
        <MissingList
          key={`${chosen.camera} ${String(chosen.part)}`}
          camera={chosen.camera}
          title={t('coverage.missingOf', {
            name: camera.name,
            from: dateTimeOf(part.fromMs),
            to: dateTimeOf(part.toMs),
          })}
          {...part}
        />
      )}
    </div>
  );
}

/** The answer in one sentence. */
function Sentence({ proof }: { proof: Proof }) {
  const { t } = useTranslation();
  const share = recordedShare(proof.total);
  const missing = proof.total.gapMs + proof.total.unexplainedMs;
  if (share === null) return <span role="status">{t('coverage.nothingAsked')}</span>;
  if (missing === 0)
    return (
      <span role="status" className="coverage-whole">
        {t('coverage.sentenceWhole', { count: proof.cameras.length, duration: durationOf(proof.total.wantedMs) })}
      </span>
    );
  return (
    <span role="status">
      {t('coverage.sentence', {
        part: percentOf(shownPercent(share, 3) / 100, 3),
        duration: spanOf(missing),
        count: proof.cameras.filter((c) => c.missingCount > 0).length,
      })}
    </span>
  );
}

function Files({ fromMs, toMs, zone }: { fromMs: number; toMs: number; zone: string }) {
  const { t } = useTranslation();
  const language = useScreen((s) => s.language);
  const query = new URLSearchParams({ fromMs: String(fromMs), toMs: String(toMs), zone, language }).toString();
  return (
    <>
      {(['csv', 'pdf'] as const).map((form) => (
        <Button
          key={form}
          component="a"
          href={`/api/reports/coverage.${form}?${query}`}
          download
          variant="default"
          leftSection={<Download size={15} aria-hidden="true" />}
        >
          {t(`coverage.${form}`)}
        </Button>
      ))}
    </>
  );
}

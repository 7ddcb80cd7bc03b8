/** What of a camera is missing in a part of the span, each with its cause; one click leads to the timeline there. */
import { useEffect, useState } from 'react';
import type { CameraId } from '#domain/id.ts';
import type { MissingCause } from '#domain/coverage-proof.ts';
import { missingOf, type Missing } from '../../stores/coverage.ts';
import { causeWords } from '../../player/playback/index.ts';
import { dateTimeOf, spanOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { GoTo } from '../../ui/go-to.tsx';
import { refusalText } from '../../ui/refusal.ts';
import { TableScroll } from '../../ui/table-scroll.tsx';

type Props = { camera: CameraId; title: string; fromMs: number; toMs: number };
type Answer = { missing: Missing; more: boolean; fault: string | null };

export function MissingList({ camera, title, fromMs, toMs }: Props) {
  const { t } = useTranslation();
  const [answer, setAnswer] = useState<Answer | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    missingOf({ id: camera, fromMs, toMs }, abort.signal).then(
      (found) => {
        setAnswer({ ...found, fault: null });
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setAnswer({ missing: [], more: false, fault: refusalText(error) });
      },
    );
    return () => {
      abort.abort();
    };
  }, [camera, fromMs, toMs]);
  const cause = (of: MissingCause): string => (of === 'unexplained' ? t('coverage.unexplained') : causeWords(of));
  return (
    <section className="coverage-missing" aria-live="polite">
      <h2>{title}</h2>
      {answer?.fault != null && <p className="fault">{answer.fault}</p>}
      {answer !== null && answer.fault === null && answer.missing.length === 0 && <p>{t('coverage.nothingMissing')}</p>}
      {answer !== null && answer.missing.length > 0 && (
        <TableScroll label={title}>
          <table className="table">
            <thead>
              <tr>
                <th>{t('coverage.from')}</th>
                <th>{t('coverage.to')}</th>
                <th>{t('coverage.lasted')}</th>
                <th>{t('coverage.cause')}</th>
                <th>
                  <span className="away">{t('events.goTo')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {answer.missing.map((m) => (
                <tr key={`${String(m.fromMs)} ${m.cause}`}>
                  <td className="tight">{dateTimeOf(m.fromMs)}</td>
                  <td className="tight">{m.open ? t('coverage.goesOn') : dateTimeOf(m.toMs)}</td>
                  <td className="tight">{spanOf(m.toMs - m.fromMs)}</td>
                  <td>{cause(m.cause)}</td>
                  <td className="end">
                    <GoTo atMs={m.fromMs - 2000} camera={camera} title={t('events.goTo')} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableScroll>
      )}
      {answer?.more === true && <p className="quiet">{t('coverage.more')}</p>}
    </section>
  );
}

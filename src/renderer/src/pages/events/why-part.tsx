/** What decided an event: the pictures of its object with what was made of each, and for who tunes the numbers. */
import type { EventWhy, WhyLook } from '#domain/event-why.ts';
import { footOf } from '#domain/place.ts';
import { useMay } from '../../stores/session.ts';
import type { EventReason } from '../../stores/events.ts';
import { clockOf, numberOf, percentOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { classWord } from '../../ui/class-words.ts';
import { Boxed } from '../../ui/event-picture.tsx';
import { lookUrl } from '../../ui/event-look.ts';
import { lookWords, whyNumbers } from './why-words.ts';
import { TableScroll } from '../../ui/table-scroll.tsx';

function Look({ eventId, look }: { eventId: string; look: WhyLook }) {
  const { t } = useTranslation();
  const time = clockOf(look.atMs);
  return (
    <figure className="why-look" data-counts={look.not.length === 0}>
      <Boxed src={lookUrl(eventId, look.atMs)} alt={t('events.why.lookAt', { time })} box={look.box} />
      <figcaption>
        <time>{time}</time>
        <span>{percentOf(look.score)}</span>
        <span className="quiet">{lookWords(look)}</span>
      </figcaption>
    </figure>
  );
}

/** Those of which a picture is kept; nothing where none is. */
export function WhyLooks({ eventId, reason }: { eventId: string; reason: EventReason | null }) {
  const { t } = useTranslation();
  const why = reason?.why ?? null;
  if (reason === null || why?.is !== 'object') return null;
  const kept = new Set(reason.pictures);
  const looks = why.looks.filter((l) => kept.has(l.atMs));
  if (looks.length === 0) return null;
  return (
    <div className="why-looks" role="group" aria-label={t('events.why.looks')}>
      {looks.map((look) => (
        <Look key={look.atMs} eventId={eventId} look={look} />
      ))}
    </div>
  );
}

/** For administrators: they tune it. */
export function WhyNumbers({ why }: { why: EventWhy }) {
  const { t } = useTranslation();
  const may = useMay('administrator');
  if (!may) return null;
  return (
    <details className="why-numbers">
      <summary>{t('events.why.number.title')}</summary>
      <dl className="facts">
        {whyNumbers(why).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {why.is === 'object' && why.looks.length > 0 ? (
        <TableScroll label={t('events.why.number.title')}>
          <table className="table">
            <thead>
              <tr>
                <th>{t('events.column.time')}</th>
                <th>{t('events.why.class')}</th>
                <th className="num">{t('events.why.number.score')}</th>
                <th className="num">{t('events.why.number.moved')}</th>
                <th className="num">{t('events.why.number.foot')}</th>
                <th className="num">{t('events.why.number.height')}</th>
                <th>{t('events.why.number.counts')}</th>
              </tr>
            </thead>
            <tbody>
              {why.looks.map((l) => {
                const foot = footOf(l.box);
                return (
                  <tr key={l.atMs}>
                    <td className="tight">{clockOf(l.atMs)}</td>
                    <td>{classWord(l.class)}</td>
                    <td className="num">{percentOf(l.score)}</td>
                    <td className="num">
                      {l.moved === null ? '–' : `${numberOf(l.moved.cells)} / ${numberOf(l.moved.of)}`}
                    </td>
                    <td className="num">{`${percentOf(foot.x)} · ${percentOf(foot.y)}`}</td>
                    <td className="num">{percentOf(l.box.height)}</td>
                    <td>{l.not.length === 0 ? t('events.why.number.yes') : lookWords(l)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </TableScroll>
      ) : null}
    </details>
  );
}

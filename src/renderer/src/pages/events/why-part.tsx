/** What decided an event: the pictures of its object with what was made of each, and for who tunes the numbers. */
import type { EventWhy, PlateWhyRead, WhyLook } from '#domain/event-why.ts';
import { footOf } from '#domain/place.ts';
import { useMay } from '../../stores/session.ts';
import type { EventReason } from '../../stores/events.ts';
import { clockOf, numberOf, percentOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { classWord } from '../../ui/class-words.ts';
import { Boxed } from '../../ui/event-picture.tsx';
import { lookUrl } from '../../ui/event-look.ts';
import { lookWords, readWord, whyNumbers } from './why-words.ts';
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

/** One reading: its picture is the plate with some of its vehicle. */
function Reading({ eventId, read }: { eventId: string; read: PlateWhyRead }) {
  const { t } = useTranslation();
  const time = clockOf(read.atMs);
  return (
    <figure className="why-look" data-counts={read.goes === 'same'}>
      <Boxed src={lookUrl(eventId, read.atMs)} alt={t('events.why.readAt', { time })} box={null} />
      <figcaption>
        <span className="event-plate">{read.text}</span>
        <span>{percentOf(read.score)}</span>
        <time className="quiet">{time}</time>
        <span className="quiet">{readWord(read)}</span>
      </figcaption>
    </figure>
  );
}

/** Those of which a picture is kept; nothing where none is. */
export function WhyLooks({ eventId, reason }: { eventId: string; reason: EventReason | null }) {
  const { t } = useTranslation();
  const why = reason?.why ?? null;
  if (reason === null || why === null) return null;
  const kept = new Set(reason.pictures);
  const looks =
    why.is === 'object'
      ? why.looks.filter((l) => kept.has(l.atMs)).map((l) => <Look key={l.atMs} eventId={eventId} look={l} />)
      : why.is === 'plate'
        ? why.reads.filter((r) => kept.has(r.atMs)).map((r) => <Reading key={r.atMs} eventId={eventId} read={r} />)
        : [];
  if (looks.length === 0) return null;
  return (
    <div className="why-looks" role="group" aria-label={t('events.why.looks')}>
      {looks}
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
      {why.is === 'plate' ? (
        <TableScroll label={t('events.why.number.title')}>
          <table className="table">
            <thead>
              <tr>
                <th>{t('events.column.time')}</th>
                <th>{t('events.why.plate')}</th>
                <th className="num">{t('events.why.number.score')}</th>
                <th>{t('events.why.number.compared')}</th>
              </tr>
            </thead>
            <tbody>
              {why.reads.map((r) => (
                <tr key={r.atMs}>
                  <td className="tight">{clockOf(r.atMs)}</td>
                  <td>{r.text}</td>
                  <td className="num">{percentOf(r.score)}</td>
                  <td>{readWord(r)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableScroll>
      ) : null}
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

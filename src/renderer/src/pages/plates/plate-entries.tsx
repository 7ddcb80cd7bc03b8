/** The plates of one list. */
import { Button, TextInput } from '@mantine/core';
import { Pencil, Plus, Trash2 } from 'lucide-react';
import { useCallback, useState } from 'react';
import type { PlateListView } from '#contract/plates.ts';
import type { PlateEntry } from '#domain/plate-list.ts';
import { stationNowMs } from '../../client/index.ts';
import { listPlates, removePlate } from '../../stores/plates.ts';
import { useMay } from '../../stores/session.ts';
import { dayOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { Ask } from '../../ui/ask.tsx';
import { MoreButton } from '../../ui/more-button.tsx';
import { RowTool } from '../../ui/row-tool.tsx';
import { TableScroll } from '../../ui/table-scroll.tsx';
import { tell } from '../../ui/tell.ts';
import { usePages } from '../../ui/use-pages.ts';
import { EntryForm } from './plate-forms.tsx';

const pageSize = 100;
const typedAfterMs = 300;
type Open = { kind: 'add' } | { kind: 'edit' | 'remove'; entry: PlateEntry } | null;

export function PlateEntries({ list }: { list: PlateListView }) {
  const { t } = useTranslation();
  const may = useMay('administrator');
  const [text, setText] = useState('');
  const [open, setOpen] = useState<Open>(null);
  const { id } = list;
  const readPage = useCallback(
    async (last: PlateEntry | null, signal: AbortSignal) => {
      const part = text.trim();
      const asked = { ...(part !== '' && { text: part }), ...(last !== null && { after: last.text }) };
      const { entries, more } = await listPlates({ listId: id, limit: pageSize, ...asked }, signal);
      return { rows: entries, more };
    },
    [id, text],
  );
  const page = usePages(readPage, text === '' ? 0 : typedAfterMs);
  const close = (): void => {
    setOpen(null);
  };
  return (
    <>
      <div className="plates-head">
        <TextInput
          type="search"
          aria-label={t('plates.entry.search')}
          placeholder={t('plates.entry.search')}
          maxLength={100}
          value={text}
          onChange={(e) => {
            setText(e.currentTarget.value);
          }}
          w={240}
        />
        {may ? (
          <Button
            leftSection={<Plus size={15} aria-hidden="true" />}
            onClick={() => {
              setOpen({ kind: 'add' });
            }}
          >
            {t('plates.entry.add')}
          </Button>
        ) : null}
      </div>
      {page.fault === null ? null : (
        <p className="fault" role="alert">
          {page.fault}
        </p>
      )}
      {page.read && page.rows.length === 0 && page.fault === null ? (
        <p className="blank" role="status">
          {t(text.trim() === '' ? 'plates.entry.empty' : 'plates.entry.none')}
        </p>
      ) : null}
      {page.rows.length === 0 ? null : (
        <TableScroll label={list.name}>
          <table className="table">
            <caption className="away">{list.name}</caption>
            <thead>
              <tr>
                <th>{t('plates.entry.plate')}</th>
                <th>{t('plates.entry.label')}</th>
                <th>{t('plates.entry.note')}</th>
                <th>{t('plates.entry.valid')}</th>
                <th>{t('plates.entry.by')}</th>
                <th>
                  <span className="away">{t('plates.entry.edit')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {page.rows.map((entry) => (
                <tr key={entry.id}>
                  <td className="tight">
                    <span className="event-plate">{entry.text}</span>
                  </td>
                  <td>{entry.label}</td>
                  <td className="quiet">{entry.note}</td>
                  <td className="tight">
                    <Validity entry={entry} />
                  </td>
                  <td className="quiet">{entry.changedBy}</td>
                  <td className="end tight">
                    {may
                      ? (['edit', 'remove'] as const).map((kind) => (
                          <RowTool
                            key={kind}
                            title={t(`plates.entry.${kind}`)}
                            of={entry.text}
                            onClick={() => {
                              setOpen({ kind, entry });
                            }}
                          >
                            {kind === 'edit' ? (
                              <Pencil size={14} aria-hidden="true" />
                            ) : (
                              <Trash2 size={14} aria-hidden="true" />
                            )}
                          </RowTool>
                        ))
                      : null}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableScroll>
      )}
      {page.more ? <MoreButton onClick={page.next} /> : null}
      {open?.kind === 'add' ? <EntryForm list={list} entry={null} onDone={page.again} onClose={close} /> : null}
      {open?.kind === 'edit' ? <EntryForm list={list} entry={open.entry} onDone={page.again} onClose={close} /> : null}
      {open?.kind === 'remove' ? (
        <Ask
          title={t('plates.entry.remove')}
          verb={t('plates.entry.remove')}
          danger
          work={async () => {
            await removePlate(open.entry.id);
            tell(t('plates.entry.removed', { plate: open.entry.text }));
            page.again();
          }}
          onClose={close}
        >
          <p>{t('plates.entry.removeText', { plate: open.entry.text, name: list.name })}</p>
        </Ask>
      ) : null}
    </>
  );
}

/** The last day counts as a whole: its end is the beginning of the next. */
function Validity({ entry: { fromMs, toMs } }: { entry: PlateEntry }) {
  const { t } = useTranslation();
  const now = stationNowMs();
  const words = [
    fromMs === null ? '' : t('plates.entry.fromDay', { day: dayOf(fromMs) }),
    toMs === null ? '' : t('plates.entry.toDay', { day: dayOf(toMs - 1) }),
  ].filter(Boolean);
  const over = (toMs !== null && toMs <= now) || (fromMs !== null && fromMs > now);
  return (
    <span className={over ? 'quiet' : ''}>
      {words.length === 0 ? t('plates.entry.always') : words.join(' ')}
      {over ? ` (${t('plates.entry.notNow')})` : ''}
    </span>
  );
}

/** All bookmarks, latest moment first. */
import { Button } from '@mantine/core';
import { Pencil, Trash2 } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import type { Bookmark } from '#domain/bookmark.ts';
import { useCameras } from '../../stores/cameras.ts';
import { useChosenKeys } from '../../stores/keys.ts';
import { changeBookmark, listBookmarks, removeBookmark } from '../../stores/marks.ts';
import { useMay } from '../../stores/session.ts';
import { dateTimeOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { Ask } from '../../ui/ask.tsx';
import { GoTo } from '../../ui/go-to.tsx';
import { BookmarkFields, bookmarkFrom } from '../../ui/mark-fields.tsx';
import { keyFor } from '../../ui/key-actions.ts';
import { keyText } from '../../ui/key-words.ts';
import { refusalText } from '../../ui/refusal.ts';
import { TableScroll } from '../../ui/table-scroll.tsx';
import { tell } from '../../ui/tell.ts';
import { KeptHead } from './kept-head.tsx';
import { KeptNone } from './kept-none.tsx';

const pageSize = 200;
/** Going to a bookmark shows the moment itself; the wall starts a little before the moment it is sent to. */
const wallStartsBeforeMs = 5000;

type List = { rows: readonly Bookmark[]; more: boolean; read: boolean; fault: string | null };
type Open = { kind: 'edit' | 'remove'; bookmark: Bookmark } | null;

function useBookmarkList() {
  const [list, setList] = useState<List>({ rows: [], more: false, read: false, fault: null });
  const read = useCallback((before: Bookmark | null, signal: AbortSignal) => {
    listBookmarks(before?.id ?? null, pageSize, signal).then(
      ({ bookmarks, more }) => {
        setList((was) => ({
          rows: before === null ? bookmarks : [...was.rows, ...bookmarks],
          more,
          read: true,
          fault: null,
        }));
      },
      (error: unknown) => {
        if (!signal.aborted) setList((was) => ({ ...was, read: true, fault: refusalText(error) }));
      },
    );
  }, []);
  useEffect(() => {
    const abort = new AbortController();
    read(null, abort.signal);
    return () => {
      abort.abort();
    };
  }, [read]);
  return { ...list, setList, readOn: read };
}

export function BookmarksPage() {
  const { t } = useTranslation();
  const byId = useCameras((s) => s.byId);
  const may = useMay('operator');
  const chosen = useChosenKeys((s) => s.chosen);
  const { rows, more, read: isRead, fault, setList, readOn } = useBookmarkList();
  const [open, setOpen] = useState<Open>(null);
  const close = (): void => {
    setOpen(null);
  };
  return (
    <div className="page wide">
      <KeptHead here="bookmarks" />
      {fault === null ? null : (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      {isRead && rows.length === 0 && fault === null ? (
        <KeptNone>{t('kept.bookmark.empty', { key: keyText(keyFor(chosen, 'bookmark')) })}</KeptNone>
      ) : null}
      {rows.length === 0 ? null : (
        <TableScroll label={t('kept.tab.bookmarks')}>
          <table className="table">
            <thead>
              <tr>
                <th>{t('kept.bookmark.column.when')}</th>
                <th>{t('kept.bookmark.column.name')}</th>
                <th>{t('kept.bookmark.column.camera')}</th>
                <th>{t('kept.bookmark.column.by')}</th>
                <th>
                  <span className="away">{t('kept.show')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((b) => (
                <tr key={b.id}>
                  <td className="tight">
                    <time dateTime={new Date(b.atMs).toISOString()}>{dateTimeOf(b.atMs)}</time>
                  </td>
                  <td>
                    <strong>{b.name}</strong> {b.note === '' ? null : <span className="quiet">{b.note}</span>}
                  </td>
                  <td>{byId.get(b.cameraId)?.name ?? t('kept.gone')}</td>
                  <td className="quiet">{b.createdBy}</td>
                  <td className="end">
                    <GoTo atMs={b.atMs + wallStartsBeforeMs} camera={b.cameraId} title={t('kept.show')} of={b.name} />
                    {may
                      ? (['edit', 'remove'] as const).map((kind) => (
                          <button
                            key={kind}
                            type="button"
                            className="tool"
                            aria-label={`${t(`kept.bookmark.${kind}`)}: ${b.name}`}
                            title={t(`kept.bookmark.${kind}`)}
                            onClick={() => {
                              setOpen({ kind, bookmark: b });
                            }}
                          >
                            {kind === 'edit' ? (
                              <Pencil size={14} aria-hidden="true" />
                            ) : (
                              <Trash2 size={14} aria-hidden="true" />
                            )}
                          </button>
                        ))
                      : null}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableScroll>
      )}
      {more ? (
        <Button
          variant="default"
          onClick={() => {
            readOn(rows.at(-1) ?? null, new AbortController().signal);
          }}
        >
          {t('app.verb.more')}
        </Button>
      ) : null}
      {open?.kind === 'edit' ? (
        <EditBookmark
          bookmark={open.bookmark}
          onClose={close}
          onDone={(changed) => {
            setList((was) => ({ ...was, rows: was.rows.map((b) => (b.id === changed.id ? changed : b)) }));
          }}
        />
      ) : null}
      {open?.kind === 'remove' ? (
        <Ask
          title={t('kept.bookmark.remove')}
          verb={t('kept.bookmark.remove')}
          danger
          work={async () => {
            await removeBookmark(open.bookmark.id);
            setList((was) => ({ ...was, rows: was.rows.filter((b) => b.id !== open.bookmark.id) }));
            tell(t('kept.bookmark.removed'));
          }}
          onClose={close}
        >
          <p>{t('kept.bookmark.removeText', { name: open.bookmark.name })}</p>
        </Ask>
      ) : null}
    </div>
  );
}

function EditBookmark({
  bookmark,
  onDone,
  onClose,
}: {
  bookmark: Bookmark;
  onDone: (changed: Bookmark) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [values, setValues] = useState({ name: bookmark.name, note: bookmark.note });
  const said = bookmarkFrom(values);
  return (
    <Ask
      title={t('kept.bookmark.edit')}
      verb={t('app.verb.save')}
      disabled={said === null}
      work={async () => {
        if (said !== null) onDone(await changeBookmark(bookmark.id, said));
      }}
      onClose={onClose}
    >
      <BookmarkFields values={values} onChange={setValues} />
    </Ask>
  );
}

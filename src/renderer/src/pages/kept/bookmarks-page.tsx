/** All bookmarks, latest moment first. */
import { Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Bookmark } from '#domain/bookmark.ts';
import { useCameras } from '../../stores/cameras.ts';
import { useChosenKeys } from '../../stores/keys.ts';
import { changeBookmark, listBookmarks, removeBookmark } from '../../stores/marks.ts';
import { useMay } from '../../stores/session.ts';
import { useTranslation } from '../../text/index.ts';
import { Ask } from '../../ui/ask.tsx';
import { GoTo } from '../../ui/go-to.tsx';
import { BookmarkFields, bookmarkFrom } from '../../ui/mark-fields.tsx';
import { keyFor } from '../../ui/key-actions.ts';
import { keyText } from '../../ui/key-words.ts';
import { MoreButton } from '../../ui/more-button.tsx';
import { RowTool } from '../../ui/row-tool.tsx';
import { TableScroll } from '../../ui/table-scroll.tsx';
import { tell } from '../../ui/tell.ts';
import { Time } from '../../ui/time.tsx';
import { usePages } from '../../ui/use-pages.ts';
import { KeptHead } from './kept-head.tsx';
import { KeptNone } from './kept-none.tsx';

const pageSize = 200;
/** Going to a bookmark shows the moment itself; the wall starts a little before the moment it is sent to. */
const wallStartsBeforeMs = 5000;

type Open = { kind: 'edit' | 'remove'; bookmark: Bookmark } | null;

const readPage = async (last: Bookmark | null, signal: AbortSignal) => {
  const { bookmarks, more } = await listBookmarks(last?.id ?? null, pageSize, signal);
  return { rows: bookmarks, more };
};

export function BookmarksPage() {
  const { t } = useTranslation();
  const byId = useCameras((s) => s.byId);
  const may = useMay('operator');
  const chosen = useChosenKeys((s) => s.chosen);
  const { rows, more, read: isRead, fault, next, change } = usePages(readPage);
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
                    <Time ms={b.atMs} />
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
                          <RowTool
                            key={kind}
                            title={t(`kept.bookmark.${kind}`)}
                            of={b.name}
                            onClick={() => {
                              setOpen({ kind, bookmark: b });
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
      {more ? <MoreButton onClick={next} /> : null}
      {open?.kind === 'edit' ? (
        <EditBookmark
          bookmark={open.bookmark}
          onClose={close}
          onDone={(changed) => {
            change((was) => was.map((b) => (b.id === changed.id ? changed : b)));
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
            change((was) => was.filter((b) => b.id !== open.bookmark.id));
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

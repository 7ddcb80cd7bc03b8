/** The lists, and the plates of the one that is chosen. */
import { Button, Select } from '@mantine/core';
import { Download, Pencil, Plus, Trash2, Upload } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { PlateListView } from '#contract/plates.ts';
import { readPlateLists, removePlateList, usePlateLists } from '../../stores/plates.ts';
import { useMay } from '../../stores/session.ts';
import { numberOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { Ask } from '../../ui/ask.tsx';
import { refusalText } from '../../ui/refusal.ts';
import { tell } from '../../ui/tell.ts';
import { PlateEntries } from './plate-entries.tsx';
import { ImportPlates } from './import-plates.tsx';
import { ListForm } from './plate-forms.tsx';

type Open = 'add' | 'edit' | 'remove' | 'import' | null;

export function PlateListsPart() {
  const { t } = useTranslation();
  const lists = usePlateLists((s) => s.lists);
  const may = useMay('administrator');
  const [chosen, setChosen] = useState<string | null>(null);
  const [open, setOpen] = useState<Open>(null);
  const [fault, setFault] = useState<string | null>(null);
  /** Counts up with what was taken in: the plates are read anew. */
  const [taken, setTaken] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    readPlateLists(abort.signal).catch((error: unknown) => {
      if (!abort.signal.aborted) setFault(refusalText(error));
    });
    return () => {
      abort.abort();
    };
  }, []);
  const list = (lists ?? []).find((l) => l.id === chosen) ?? lists?.[0] ?? null;
  const close = (): void => {
    setOpen(null);
  };
  return (
    <section aria-labelledby="plates-lists">
      <div className="plates-head">
        <h2 id="plates-lists">{t('plates.list.title')}</h2>
        {list === null ? null : (
          <Select
            aria-label={t('plates.list.choose')}
            allowDeselect={false}
            data={(lists ?? []).map((l) => ({ value: l.id, label: `${l.name} (${t(`plates.kind.${l.kind}`)})` }))}
            value={list.id}
            onChange={setChosen}
            w={280}
          />
        )}
        {may ? (
          <div className="end">
            <Button
              variant="default"
              leftSection={<Plus size={15} aria-hidden="true" />}
              onClick={() => {
                setOpen('add');
              }}
            >
              {t('plates.list.add')}
            </Button>
          </div>
        ) : null}
      </div>
      {fault === null ? null : (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      {lists !== null && list === null ? (
        <p className="blank">{t('plates.list.empty')}</p>
      ) : list === null ? null : (
        <>
          <Head list={list} may={may} onOpen={setOpen} />
          <PlateEntries key={`${list.id} ${String(taken)}`} list={list} />
        </>
      )}
      {open === 'add' ? (
        <ListForm
          list={null}
          onDone={(made) => {
            setChosen(made.id);
          }}
          onClose={close}
        />
      ) : null}
      {open === 'edit' && list !== null ? <ListForm list={list} onDone={() => undefined} onClose={close} /> : null}
      {open === 'import' && list !== null ? (
        <ImportPlates
          list={list}
          onDone={() => {
            setTaken((n) => n + 1);
          }}
          onClose={close}
        />
      ) : null}
      {open === 'remove' && list !== null ? (
        <Ask
          title={t('plates.list.remove')}
          verb={t('plates.list.remove')}
          danger
          work={async () => {
            await removePlateList(list.id);
            tell(t('plates.list.removed'));
          }}
          onClose={close}
        >
          <p>{t('plates.list.removeText', { name: list.name, plates: numberOf(list.plates) })}</p>
        </Ask>
      ) : null}
    </section>
  );
}

function Head({ list, may, onOpen }: { list: PlateListView; may: boolean; onOpen: (open: Open) => void }) {
  const { t } = useTranslation();
  return (
    <div className="plates-head">
      <p className="quiet">
        {t(`plates.kindHint.${list.kind}`)}{' '}
        {t('plates.list.holds', { plates: numberOf(list.plates), valid: numberOf(list.valid) })}{' '}
        {t(list.tolerant ? 'plates.list.isTolerant' : 'plates.list.isExact')}
      </p>
      <div className="end">
        <a className="line" href={`/api/plates/lists/${list.id}/csv`} download>
          <Download size={14} aria-hidden="true" /> {t('plates.list.export')}
        </a>
        {may
          ? (['import', 'edit', 'remove'] as const).map((what) => (
              <Button
                key={what}
                variant="default"
                size="xs"
                leftSection={
                  what === 'import' ? (
                    <Upload size={14} aria-hidden="true" />
                  ) : what === 'edit' ? (
                    <Pencil size={14} aria-hidden="true" />
                  ) : (
                    <Trash2 size={14} aria-hidden="true" />
                  )
                }
                onClick={() => {
                  onOpen(what);
                }}
              >
                {t(`plates.list.${what}`)}
              </Button>
            ))
          : null}
      </div>
    </div>
  );
}

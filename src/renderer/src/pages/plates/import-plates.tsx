/** Plates from a spreadsheet: read and shown line by line, taken in when every line is right. */
import { Button, Checkbox, FileButton, Textarea } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { PlateListView } from '#contract/plates.ts';
import type { PlateLine } from '#domain/plate-list.ts';
import { importPlatesCsv, readPlatesCsv, type ReadPlates } from '../../stores/plates.ts';
import { numberOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { Ask } from '../../ui/ask.tsx';
import { tell } from '../../ui/tell.ts';
import { textOfFile } from '../add/list-file.ts';
import { useWork } from '../add/use-work.ts';

const limitChars = 200_000;
const restMs = 350;
/** More faults at once help nobody. */
const mostShown = 20;

export function ImportPlates({
  list,
  onDone,
  onClose,
}: {
  list: PlateListView;
  onDone: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [replace, setReplace] = useState(false);
  const [fileFault, setFileFault] = useState<string | null>(null);
  const { start, stop, result, fault } = useWork<ReadPlates>();
  const blank = text.trim() === '';
  const { id } = list;
  useEffect(() => {
    if (blank) {
      stop();
      return;
    }
    const timer = setTimeout(() => {
      start((signal) => readPlatesCsv(id, text, signal));
    }, restMs);
    return () => {
      clearTimeout(timer);
    };
  }, [id, text, blank, start, stop]);
  const open = (file: File | null): void => {
    if (file === null) return;
    setFileFault(null);
    if (file.size > limitChars) {
      setFileFault(t('plates.csv.tooLarge'));
      return;
    }
    textOfFile(file).then(setText, () => {
      setFileFault(t('finding.csv.unreadable'));
    });
  };
  const read = blank ? null : result;
  const wrong = (read?.lines ?? []).filter((l) => l.issues.length > 0);
  const said = fileFault ?? fault;
  return (
    <Ask
      title={t('plates.csv.title', { name: list.name })}
      verb={t('plates.csv.take')}
      disabled={read?.ok !== true || (read.lines.length === 0 && !replace)}
      work={async () => {
        const done = await importPlatesCsv(id, text, replace);
        tell(
          t('plates.csv.done', {
            added: numberOf(done.added),
            changed: numberOf(done.changed),
            removed: numberOf(done.removed),
          }),
        );
        onDone();
      }}
      onClose={onClose}
    >
      <p>{t('plates.csv.lead')}</p>
      <div className="line">
        <FileButton onChange={open} accept=".csv,.txt,.tsv,text/csv,text/plain">
          {(props) => (
            <Button variant="default" {...props}>
              {t('finding.csv.file')}
            </Button>
          )}
        </FileButton>
      </div>
      <Textarea
        label={t('plates.csv.paste')}
        spellCheck={false}
        autosize
        minRows={5}
        maxRows={12}
        maxLength={limitChars}
        value={text}
        onChange={(e) => {
          setText(e.currentTarget.value);
        }}
      />
      <Checkbox
        label={t('plates.csv.replace')}
        description={t('plates.csv.replaceHint')}
        checked={replace}
        onChange={(e) => {
          setReplace(e.currentTarget.checked);
        }}
      />
      {said === null ? null : (
        <p className="fault" role="alert">
          {said}
        </p>
      )}
      <div role="status">
        {read === null ? null : wrong.length > 0 ? (
          <Wrong lines={wrong} />
        ) : (
          t('plates.csv.ready', { lines: numberOf(read.lines.length), known: numberOf(read.known) })
        )}
      </div>
    </Ask>
  );
}

function Wrong({ lines }: { lines: readonly PlateLine[] }) {
  const { t } = useTranslation();
  return (
    <>
      <p>{t('plates.csv.repair', { lines: numberOf(lines.length) })}</p>
      <ul className="fault">
        {lines.slice(0, mostShown).flatMap((l) =>
          l.issues.map((i) => (
            <li key={`${String(l.line)} ${i.column} ${i.message}`}>
              {t('plates.csv.ofLine', {
                line: numberOf(l.line),
                what: `${i.column} ${t(`plates.csv.why.${i.message}`)}`.trim(),
              })}
            </li>
          )),
        )}
      </ul>
    </>
  );
}

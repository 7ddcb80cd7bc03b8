import { Button, Checkbox, FileButton, Textarea } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { ListLine } from '#domain/finding.ts';
import { importList, readList, type ReadList } from '../../stores/finding.ts';
import { useTranslation } from '../../text/index.ts';
import { Mark } from '../../ui/mark.tsx';
import { TableScroll } from '../../ui/table-scroll.tsx';
import { BusyLine } from './busy-line.tsx';
import { columnWord, columnWords, templateUrl, textOfFile } from './list-file.ts';
import { listRefusal } from './list-refusal.ts';
import { useWork } from './use-work.ts';

const limitChars = 200_000;
const restMs = 350;

function Preview({ list }: { list: ReadList }) {
  const { t } = useTranslation();
  const [onlyBad, setOnlyBad] = useState(false);
  const bad = list.lines.filter((l) => l.issues.length > 0);
  const rows = onlyBad && bad.length > 0 ? bad : list.lines;
  const verdict = (line: ListLine) =>
    line.issues.length === 0 ? (
      <Mark tone="ok">{t('finding.csv.fine')}</Mark>
    ) : (
      <ul className="fault">
        {line.issues.map((i) => (
          <li key={`${i.column} ${i.message}`}>
            {i.column === ''
              ? t(`finding.csv.why.${i.message}`)
              : t('finding.csv.issue', { column: columnWord(i.column), what: t(`finding.csv.why.${i.message}`) })}
          </li>
        ))}
      </ul>
    );
  return (
    <>
      <div className="add-tools">
        <strong role="status">
          {bad.length > 0
            ? t('finding.csv.repair', { count: bad.length })
            : t('finding.csv.ready', { count: list.lines.length })}
        </strong>
        {bad.length > 0 && bad.length < list.lines.length ? (
          <div className="end">
            <Checkbox
              size="xs"
              label={t('finding.csv.onlyBad')}
              checked={onlyBad}
              onChange={(e) => {
                setOnlyBad(e.currentTarget.checked);
              }}
            />
          </div>
        ) : null}
      </div>
      <TableScroll label={t('finding.csv.caption')}>
        <table className="table add-answers">
          <caption className="away">{t('finding.csv.caption')}</caption>
          <thead>
            <tr>
              <th className="num">{t('finding.csv.line')}</th>
              <th>{t('finding.csv.name')}</th>
              <th>{t('finding.csv.address')}</th>
              <th>{t('finding.csv.verdict')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((l) => (
              <tr key={l.line} data-bad={l.issues.length > 0}>
                <td className="num">{l.line}</td>
                <td>{l.name}</td>
                <td className="mono">{l.address}</td>
                <td>{verdict(l)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableScroll>
    </>
  );
}

/** Cameras from a spreadsheet: read and shown line by line, added only when every line is right. */
export function ListWay({ onAdded }: { onAdded: (count: number) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [fileFault, setFileFault] = useState<string | null>(null);
  const reading = useWork<ReadList>();
  const [adding, setAdding] = useState(false);
  const [refused, setRefused] = useState<readonly string[]>([]);
  const { start, stop } = reading;
  const blank = text.trim() === '';
  useEffect(() => {
    if (blank) {
      stop();
      return;
    }
    const timer = setTimeout(() => {
      start((signal) => readList(text, signal));
    }, restMs);
    return () => {
      clearTimeout(timer);
    };
  }, [text, blank, start, stop]);
  const open = (file: File | null): void => {
    if (!file) return;
    setFileFault(null);
    if (file.size > limitChars) {
      setFileFault(t('finding.csv.tooLarge'));
      return;
    }
    textOfFile(file).then(setText, () => {
      setFileFault(t('finding.csv.unreadable'));
    });
  };
  const add = (): void => {
    setAdding(true);
    setRefused([]);
    importList(text).then(
      (added) => {
        onAdded(added.length);
      },
      (error: unknown) => {
        setRefused(listRefusal(error));
        setAdding(false);
      },
    );
  };
  const list = blank ? null : reading.result;
  const faults = [
    ...(fileFault === null ? [] : [fileFault]),
    ...(reading.fault === null ? [] : [reading.fault]),
    ...refused,
  ];
  return (
    <>
      <p className="add-lead">
        {t('finding.csv.lead')} {t('finding.csv.columns', { columns: columnWords().join(', ') })}
      </p>
      <div className="add-csv">
        <div className="stack">
          <div className="line">
            <FileButton onChange={open} accept=".csv,.txt,.tsv,text/csv,text/plain">
              {(props) => (
                <Button variant="default" {...props}>
                  {t('finding.csv.file')}
                </Button>
              )}
            </FileButton>
            <a href={templateUrl()} download="cameras.csv">
              {t('finding.csv.template')}
            </a>
          </div>
          <Textarea
            label={t('finding.csv.paste')}
            description={t('finding.csv.pasteHint')}
            spellCheck={false}
            autosize
            minRows={12}
            maxRows={24}
            maxLength={limitChars}
            value={text}
            onChange={(e) => {
              setText(e.currentTarget.value);
              setRefused([]);
            }}
          />
        </div>
        <div className="stack">
          {faults.length > 0 ? (
            <div className="fault" role="alert">
              {refused.length > 0 ? <p>{t('finding.name.failed', { why: '' })}</p> : null}
              <ul>
                {faults.map((fault) => (
                  <li key={fault}>{fault}</li>
                ))}
              </ul>
            </div>
          ) : null}
          {reading.startedMs === null ? null : <BusyLine onCancel={stop}>{t('finding.csv.reading')}</BusyLine>}
          {list === null ? null : list.lines.length === 0 ? (
            <p role="status">{t('finding.csv.empty')}</p>
          ) : (
            <Preview list={list} />
          )}
          {list?.ok === true && list.lines.length > 0 ? (
            <div className="line">
              <Button disabled={adding} onClick={add}>
                {t('finding.bar.add', { count: list.lines.length })}
              </Button>
              {adding ? <BusyLine>{t('finding.csv.adding')}</BusyLine> : null}
            </div>
          ) : null}
        </div>
      </div>
    </>
  );
}

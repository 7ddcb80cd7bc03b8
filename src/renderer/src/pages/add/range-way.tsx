import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { FoundView } from '#domain/finding.ts';
import { askHosts, useFound } from '../../stores/finding.ts';
import { durationOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { useNow } from '../../ui/use-now.ts';
import { BusyLine } from './busy-line.tsx';
import { FoundTable } from './found-table.tsx';
import { GuessStreams, type Guessed } from './guess-streams.tsx';
import { useWork } from './use-work.ts';

/** One address or name, and no range or list. */
const singleHost = (hosts: string): string | null =>
  /[\s,;/]/.test(hosts) || /^\d+\.\d+\.\d+\.\d+-\d/.test(hosts) ? null : hosts;

function Waiting({ sinceMs, onCancel }: { sinceMs: number; onCancel: () => void }) {
  const { t } = useTranslation();
  const now = useNow();
  return <BusyLine onCancel={onCancel}>{t('finding.range.asking', { age: durationOf(now - sinceMs) })}</BusyLine>;
}

/** Asks addresses directly: for cameras behind routers, and for those that hide. */
export function RangeWay({ onGuessed }: { onGuessed: (guessed: Guessed) => void }) {
  const { t } = useTranslation();
  const [hosts, setHosts] = useState('');
  const [missing, setMissing] = useState(false);
  const [asked, setAsked] = useState('');
  const [before, setBefore] = useState<ReadonlySet<string>>(new Set());
  const found = useFound((s) => s.devices);
  const { startedMs, result, fault, start, stop } = useWork<{ devices: FoundView[] }>();
  const ask = (): void => {
    const text = hosts.trim();
    setMissing(text === '');
    if (text === '') return;
    setAsked(text);
    setBefore(new Set(found.keys()));
    start((signal) => askHosts(text, signal));
  };
  // While the answer is awaited, those that come in by the way are shown already.
  const rows = result
    ? result.devices.map((d) => found.get(d.url) ?? d)
    : asked === ''
      ? []
      : [...found.values()].filter((d) => !before.has(d.url));
  const single = singleHost(asked);
  return (
    <div className="stack">
      <form
        className="add-shared"
        onSubmit={(e) => {
          e.preventDefault();
          ask();
        }}
      >
        <TextInput
          label={t('finding.range.hosts')}
          description={t('finding.range.hint')}
          error={missing ? t('finding.range.missing') : null}
          style={{ width: 460, maxWidth: '100%' }}
          maxLength={2000}
          autoFocus
          spellCheck={false}
          autoComplete="off"
          classNames={{ input: 'mono' }}
          value={hosts}
          onChange={(e) => {
            setHosts(e.currentTarget.value);
          }}
        />
        <Button type="submit" disabled={startedMs !== null}>
          {t('finding.range.ask')}
        </Button>
      </form>
      <div role="status">
        {startedMs === null ? null : <Waiting sinceMs={startedMs} onCancel={stop} />}
        {result && rows.length > 0 ? <strong>{t('finding.list.count', { count: rows.length })}</strong> : null}
        {result && rows.length === 0 ? <p>{t('finding.range.none', { hosts: asked })}</p> : null}
      </div>
      {fault === null ? null : (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      {rows.length > 0 ? <FoundTable devices={rows} caption={t('finding.range.caption')} /> : null}
      {result && rows.length === 0 && single !== null ? <GuessStreams host={single} onGuessed={onGuessed} /> : null}
      {asked === '' ? <p className="quiet">{t('finding.range.before')}</p> : null}
    </div>
  );
}

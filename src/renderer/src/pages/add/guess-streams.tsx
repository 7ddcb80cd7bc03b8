import { Button, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { guessStreams, type GuessedStreams } from '../../stores/finding.ts';
import { durationOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { codecName } from '../../ui/camera-words.ts';
import { PasswordInput } from '../../ui/password-input.tsx';
import { useNow } from '../../ui/use-now.ts';
import { BusyLine } from './busy-line.tsx';
import { orNull } from './chosen.ts';
import { useWork } from './use-work.ts';

/** Streams that answered, on their way to the form of one camera. */
export type Guessed = { url: string; sub: string; username: string; password: string };

type Stream = GuessedStreams['streams'][number];

function Waiting({ sinceMs, onCancel }: { sinceMs: number; onCancel: () => void }) {
  const { t } = useTranslation();
  const now = useNow();
  return <BusyLine onCancel={onCancel}>{t('finding.guess.trying', { age: durationOf(now - sinceMs) })}</BusyLine>;
}

/** Which of the streams that answered is main, which is small: the largest and the smallest, unless a person says else. */
function Take({ streams, onTake }: { streams: readonly Stream[]; onTake: (main: string, sub: string) => void }) {
  const { t } = useTranslation();
  const bySize = [...streams].sort((a, b) => b.width * b.height - a.width * a.height);
  const largest = bySize[0]?.url ?? '';
  const smallest = bySize.at(-1)?.url ?? '';
  const [main, setMain] = useState(largest);
  const [sub, setSub] = useState(smallest === largest ? '' : smallest);
  const data = bySize.map((s) => ({
    value: s.url,
    label: `${t('finding.guess.stream', { width: s.width, height: s.height, codec: codecName(s.codec) })} · ${s.url}`,
  }));
  return (
    <div className="stack" style={{ maxWidth: 640 }}>
      <strong role="status">{t('finding.guess.found', { count: streams.length })}</strong>
      <Select
        label={t('finding.guess.main')}
        allowDeselect={false}
        data={data}
        value={main}
        onChange={(v) => {
          setMain(v ?? largest);
        }}
      />
      <Select
        label={t('finding.guess.sub')}
        allowDeselect={false}
        data={[{ value: '', label: t('finding.guess.noSub') }, ...data]}
        value={sub}
        onChange={(v) => {
          setSub(v ?? '');
        }}
      />
      <div>
        <Button
          onClick={() => {
            onTake(main, sub === main ? '' : sub);
          }}
        >
          {t('finding.guess.use')}
        </Button>
      </div>
    </div>
  );
}

/** For a host without ONVIF: the RTSP addresses that the usual makers use. */
export function GuessStreams({ host, onGuessed }: { host: string; onGuessed: (guessed: Guessed) => void }) {
  const { t } = useTranslation();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const { startedMs, result, fault, start, stop } = useWork<GuessedStreams>();
  return (
    <section className="stack">
      <h2>{t('finding.guess.title')}</h2>
      <p className="quiet">{t('finding.guess.lead', { host })}</p>
      <form
        className="add-shared"
        onSubmit={(e) => {
          e.preventDefault();
          start((signal) =>
            guessStreams({ host, username: orNull(username), password: password === '' ? null : password }, signal),
          );
        }}
      >
        <TextInput
          label={t('cameras.form.username')}
          autoComplete="off"
          spellCheck={false}
          value={username}
          onChange={(e) => {
            setUsername(e.currentTarget.value);
          }}
        />
        <PasswordInput
          label={t('cameras.form.password')}
          autoComplete="new-password"
          value={password}
          onChange={(e) => {
            setPassword(e.currentTarget.value);
          }}
        />
        <Button type="submit" variant="default" disabled={startedMs !== null}>
          {t('finding.guess.try')}
        </Button>
      </form>
      {startedMs === null ? null : <Waiting sinceMs={startedMs} onCancel={stop} />}
      {fault === null ? null : (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      {result?.refused === true ? (
        <p className="fault" role="alert">
          {t('finding.guess.refused')}
        </p>
      ) : null}
      {result && !result.refused && result.streams.length === 0 ? (
        <p role="status">{t('finding.guess.none', { host })}</p>
      ) : null}
      {result && result.streams.length > 0 ? (
        <Take
          streams={result.streams}
          onTake={(url, sub) => {
            onGuessed({ url, sub, username, password });
          }}
        />
      ) : null}
    </section>
  );
}

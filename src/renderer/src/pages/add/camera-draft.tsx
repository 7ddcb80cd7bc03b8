import { Autocomplete, Checkbox, NumberInput, Select, TextInput } from '@mantine/core';
import { Info } from 'lucide-react';
import { RecordingPreset } from '#domain/recording-plan.ts';
import { useState } from 'react';
import type { DeviceProfile } from '#domain/device.ts';
import { useTranslation } from '../../text/index.ts';
import { codecName } from '../../ui/camera-words.ts';
import { Mark, Shape } from '../../ui/mark.tsx';
import { Print } from '../../ui/print.tsx';
import { addressOf } from './arrange-found.ts';
import { changeDraft, type Chosen, orNull } from './chosen.ts';
import { type Draft, type DraftProblem, type FineLook, foreignHostsOf, profileOf, streamUrlOf } from './draft.ts';
import { Still, type StreamTest, useStreamTest } from './still.tsx';
import { adviceWords, factWords, isQuiet, profileWords, videoPlain } from './words.ts';

/** `said`: the profile as the device describes it; what comes can be another picture. */
function TestMark({ test, said }: { test: StreamTest; said: DeviceProfile | null }) {
  const { t } = useTranslation();
  if (test.step === 'testing') return <Mark tone="off">{t('finding.name.testing')}</Mark>;
  if (test.step === 'fault') return <Mark tone="bad">{test.text}</Mark>;
  if (!test.answer.ok) return <Mark tone="bad">{t(`trouble.short.${test.answer.trouble}`)}</Mark>;
  const { width, height } = test.answer.video;
  const codec = codecName(test.answer.video.codec);
  const video = said?.video ?? null;
  const asSaid = video === null || videoPlain(video) === t('finding.fact.videoPlain', { width, height, codec });
  return asSaid ? (
    <Mark tone="ok">{t('finding.name.tested')}</Mark>
  ) : (
    <Mark tone="warn">
      {t('finding.name.testedOther', { what: t('finding.fact.videoPlain', { width, height, codec }) })}
    </Mark>
  );
}

function Advices({ draft, hosts }: { draft: Draft; hosts: readonly string[] }) {
  const { t } = useTranslation();
  const own = draft.proposed.advice.filter((a) => a.code !== 'foreign-host');
  // Of the streams that are chosen now, which need not be those proposed.
  const foreign = hosts.length === 0 ? [] : [{ code: 'foreign-host' as const, value: hosts.join(', ') }];
  const all = [...foreign, ...own];
  return all.map((advice) => {
    const { title, text } = adviceWords(advice);
    const tone = isQuiet(advice.code) ? 'none' : 'warn';
    return (
      <div className="add-advice" data-tone={tone} key={advice.code}>
        {tone === 'warn' ? <Shape tone="warn" /> : <Info size={13} aria-hidden="true" />}
        <div>
          <strong>{title}.</strong> <span className="quiet">{text}</span>
          {advice.code === 'clock-off' ? (
            <div className="line">
              <Checkbox
                size="xs"
                label={t('finding.name.setClock')}
                checked={draft.setClock}
                onChange={(e) => {
                  changeDraft(draft.key, { setClock: e.currentTarget.checked });
                }}
              />
            </div>
          ) : null}
          {advice.code === 'foreign-host' ? (
            <div className="line">
              <Checkbox
                size="xs"
                label={t('finding.name.trust', { host: hosts.join(', ') })}
                checked={draft.trusted}
                onChange={(e) => {
                  changeDraft(draft.key, { trusted: e.currentTarget.checked });
                }}
              />
            </div>
          ) : null}
        </div>
      </div>
    );
  });
}

function Streams({
  draft,
  look,
  main,
  sub,
}: {
  draft: Draft;
  look: FineLook;
  main: StreamTest;
  sub: StreamTest | null;
}) {
  const { t } = useTranslation();
  const data = draft.proposed.profiles.map((token) => {
    const profile = profileOf(look, token);
    return { value: token, label: profile ? profileWords(profile) : token };
  });
  return (
    <details className="add-streams">
      <summary>{t('finding.name.streams')}</summary>
      <div className="stack">
        <Select
          label={t('finding.name.main')}
          allowDeselect={false}
          data={data}
          value={draft.mainProfile}
          onChange={(v) => {
            if (v !== null) changeDraft(draft.key, { mainProfile: v });
          }}
        />
        <TestMark test={main} said={profileOf(look, draft.mainProfile)} />
        <Select
          label={t('finding.name.sub')}
          allowDeselect={false}
          data={[{ value: '', label: t('finding.name.noSub') }, ...data]}
          value={draft.subProfile ?? ''}
          onChange={(v) => {
            changeDraft(draft.key, { subProfile: v === null || v === '' ? null : v });
          }}
        />
        {sub === null ? null : <TestMark test={sub} said={profileOf(look, draft.subProfile)} />}
        {look.certificate === null ? null : (
          <p className="add-print">
            {t('finding.password.certificate')}
            {t('app.sign.colon')}
            <Print pin={look.certificate} />
          </p>
        )}
      </div>
    </details>
  );
}

/** The point stays at the end of its line. */
const separator = '\u00a0· ';

/** One camera before it is added: its picture, its name, what was found out, and what to do about it. */
export function CameraDraft({
  draft,
  entry,
  look,
  problems,
  tried,
  groups,
}: {
  draft: Draft;
  entry: Chosen;
  look: FineLook;
  problems: readonly DraftProblem[];
  tried: boolean;
  groups: string[];
}) {
  const { t } = useTranslation();
  const [turn, setTurn] = useState(0);
  const hosts = foreignHostsOf(look, draft);
  const untrusted = draft.trusted ? null : (hosts[0] ?? null);
  const credentials = {
    username: orNull(entry.used.username),
    password: entry.used.password === '' ? null : entry.used.password,
  };
  const mainUrl = streamUrlOf(look, draft, draft.mainProfile);
  const subUrl = streamUrlOf(look, draft, draft.subProfile);
  const silent = untrusted !== null || !draft.wanted;
  const main = useStreamTest(silent ? null : mainUrl, credentials, turn);
  // One after the other: cheap cameras serve few viewers.
  const sub = useStreamTest(silent || main.step === 'testing' ? null : subUrl, credentials, turn);
  const gone: StreamTest = { step: 'fault', text: t('finding.name.noAddress') };
  const mainTest = mainUrl === null ? gone : main;
  const subTest = draft.subProfile === null ? null : subUrl === null ? gone : sub;
  const name = draft.name.trim() === '' ? draft.proposed.name : draft.name;
  const problemOf = (field: DraftProblem['field']): string | null => {
    const p = problems.find((x) => x.field === field);
    if (!p) return null;
    if (p.field === 'name') return t(p.why === 'missing' ? 'finding.name.missing' : 'finding.name.tooLong');
    if (p.field === 'number') return t('finding.name.taken', { number: p.number, name: p.by });
    return t('finding.name.trustFirst', { host: p.host });
  };
  const change = (values: Partial<Draft>): void => {
    changeDraft(draft.key, values);
  };
  const include = (
    <Checkbox
      size="xs"
      checked={draft.wanted}
      aria-label={t('finding.name.include', { name })}
      onChange={(e) => {
        change({ wanted: e.currentTarget.checked });
      }}
    />
  );
  if (!draft.wanted)
    return (
      <li className="add-camera" data-wanted={false}>
        {include}
        <span>
          {name} · {t('finding.name.leftOut')}
        </span>
      </li>
    );
  const facts = factWords(look, draft);
  const { maker, model, firmware } = look.facts.identity;
  const made = [maker, model].filter((s) => s !== null).join(' ');
  const device = [
    made,
    firmware === null ? '' : t('finding.fact.firmware', { version: firmware }),
    addressOf(entry.device),
  ].filter((s) => s !== '');
  const hostProblem = tried ? problemOf('hosts') : null;
  return (
    <li className="add-camera" data-wanted={true} tabIndex={-1} aria-label={name}>
      {include}
      <div>
        <Still
          name={name}
          main={mainTest}
          sub={subTest}
          untrusted={untrusted}
          onAgain={() => {
            setTurn((n) => n + 1);
          }}
        />
      </div>
      <div className="add-fields">
        <TextInput
          label={t('finding.name.name')}
          maxLength={80}
          value={draft.name}
          error={problemOf('name')}
          onChange={(e) => {
            change({ name: e.currentTarget.value });
          }}
        />
        <div className="pair">
          <NumberInput
            label={t('finding.name.number')}
            min={1}
            max={9999}
            allowDecimal={false}
            allowNegative={false}
            clampBehavior="strict"
            hideControls
            value={draft.number}
            error={problemOf('number')}
            onChange={(v) => {
              change({ number: typeof v === 'number' ? v : '', ownNumber: true });
            }}
          />
          <Autocomplete
            label={t('finding.name.group')}
            maxLength={80}
            data={groups}
            value={draft.group}
            onChange={(group) => {
              change({ group });
            }}
          />
        </div>
        <Select
          label={t('finding.name.record')}
          allowDeselect={false}
          data={RecordingPreset.options
            .filter((p) => p !== 'low-high' || draft.subProfile !== null)
            .map((p) => ({ value: p, label: t(`recording.choice.${p}`) }))}
          value={draft.recording}
          onChange={(v) => {
            change({ recording: RecordingPreset.parse(v) });
          }}
        />
      </div>
      <div className="add-facts">
        <p>
          {facts.join(separator)}
          <br />
          <span className="quiet">{device.join(separator)}</span>
        </p>
        <Advices draft={draft} hosts={hosts} />
        {hostProblem === null ? null : <p className="fault">{hostProblem}</p>}
        <Streams draft={draft} look={look} main={mainTest} sub={subTest} />
      </div>
    </li>
  );
}

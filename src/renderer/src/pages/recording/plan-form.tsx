/** When one camera, or many at once, are recorded: what most need first, the rest below. */
import { Checkbox, NumberInput, Radio, Select, Switch } from '@mantine/core';
import { useState } from 'react';
import { mayRecord, RecordingMode, ScheduleId, TriggerKind, type RecordingWhen } from '#domain/recording-plan.ts';
import { ownTimeZone } from '#domain/time-zone.ts';
import { stationNowMs } from '../../client/index.ts';
import { useRecordingSettings } from '../../stores/recording.ts';
import { useTranslation } from '../../text/index.ts';
import { rangeText } from '../../ui/range-text.ts';
import {
  both,
  choiceOf,
  choices,
  choose,
  newWeek,
  settled,
  rollFits,
  rolls,
  waits,
  type Choice,
  type Plans,
} from './choice.ts';
import { Exceptions } from './exceptions.tsx';
import { WeekEditor } from './week-editor.tsx';
import './recording.css';

/** Today in the time zone of the weeks, as calendars write it. */
const todayIn = (zone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(stationNowMs());

const nameOf = (when: RecordingWhen): string =>
  when.by === 'mode' ? `mode ${when.mode}` : when.by === 'week' ? 'week' : `schedule ${when.scheduleId}`;

/** The week of one picture: an own one, or one under a name. */
function WhenPart({
  label,
  when,
  modes,
  onChange,
}: {
  label: string;
  when: RecordingWhen;
  /** Also the modes that hold at all times can be chosen. */
  modes: boolean;
  onChange: (when: RecordingWhen) => void;
}) {
  const { t } = useTranslation();
  const settings = useRecordingSettings((s) => s.settings);
  const zone = settings?.zone ?? ownTimeZone();
  const data = [
    ...(modes ? RecordingMode.options.map((m) => ({ value: `mode ${m}`, label: t(`recording.mode.${m}`) })) : []),
    { value: 'week', label: t('recording.when.week') },
    ...(settings?.schedules ?? []).map((s) => ({
      value: `schedule ${s.id}`,
      label: t('recording.when.schedule', { name: s.name }),
    })),
  ];
  return (
    <>
      <Select
        label={label}
        maw={360}
        allowDeselect={false}
        data={data}
        value={nameOf(when)}
        onChange={(v) => {
          const [by, value] = (v ?? '').split(' ');
          if (by === 'mode') onChange({ by, mode: RecordingMode.parse(value) });
          else if (by === 'week') onChange(when.by === 'week' ? when : newWeek());
          else if (by === 'schedule') onChange({ by, scheduleId: ScheduleId.parse(value) });
        }}
      />
      {when.by === 'week' ? (
        <>
          <WeekEditor
            week={when.week}
            zone={zone}
            onChange={(week) => {
              onChange({ by: 'week', week });
            }}
          />
          <Exceptions
            week={when.week}
            today={todayIn(zone)}
            onChange={(week) => {
              onChange({ by: 'week', week });
            }}
          />
        </>
      ) : null}
    </>
  );
}

export function PlanForm({
  plans,
  hasSub,
  onChange: onPlans,
}: {
  plans: Plans;
  hasSub: boolean;
  /** Also with what cannot be so: `fits` says whether it can. */
  onChange: (plans: Plans) => void;
}) {
  const { t } = useTranslation();
  const onChange = (next: Plans): void => {
    onPlans(settled(next, hasSub));
  };
  const [own, setOwn] = useState(false);
  const choice: Choice = own ? 'own' : choiceOf(plans, hasSub);
  const { main, sub } = plans;
  const triggered = waits(main.when) || (hasSub && waits(sub.when));
  const records = mayRecord(main) || (hasSub && mayRecord(sub));
  const roll = (name: keyof typeof rolls, words: 'preRoll' | 'postRoll') => (
    <NumberInput
      label={t(`recording.${words}`)}
      description={t(`recording.${words}Hint`)}
      suffix=" s"
      min={rolls[name][0]}
      max={rolls[name][1]}
      allowDecimal={false}
      error={rollFits(main, name) ? null : rangeText(rolls[name])}
      value={Number.isNaN(main[name]) ? '' : main[name]}
      onChange={(v) => {
        onChange(both(plans, { [name]: typeof v === 'number' ? v : Number.NaN }));
      }}
    />
  );
  return (
    <div className="stack plan-form">
      <Radio.Group
        aria-label={t('recording.title')}
        value={choice}
        onChange={(v) => {
          const next = choices.find((c) => c === v) ?? 'own';
          setOwn(next === 'own');
          onChange(choose(plans, next, hasSub));
        }}
      >
        <div className="plan-choices">
          {choices.map((c) => (
            <Radio
              key={c}
              value={c}
              label={t(`recording.choice.${c}`)}
              description={t(`recording.hint.${c}`)}
              disabled={c === 'low-high' && !hasSub}
            />
          ))}
        </div>
      </Radio.Group>
      {choice === 'schedule' || choice === 'own' ? (
        <WhenPart
          label={t(choice === 'own' ? 'recording.when.main' : 'recording.when.label')}
          when={main.when}
          modes={choice === 'own'}
          onChange={(when) => {
            onChange({ ...plans, main: { ...main, when } });
          }}
        />
      ) : null}
      {choice === 'own' && hasSub ? (
        <WhenPart
          label={t('recording.when.sub')}
          when={sub.when}
          modes
          onChange={(when) => {
            onChange({ ...plans, sub: { ...sub, when } });
          }}
        />
      ) : null}
      {triggered ? (
        <>
          <Checkbox.Group
            label={t('recording.kinds')}
            description={t('recording.kindsHint')}
            error={main.kinds.length > 0 ? null : t('recording.kindsMissing')}
            value={main.kinds}
            onChange={(v) => {
              onChange(both(plans, { kinds: TriggerKind.options.filter((k) => v.includes(k)) }));
            }}
          >
            <div className="plan-kinds">
              {TriggerKind.options.map((k) => (
                <Checkbox key={k} size="xs" value={k} label={t(`events.kind.${k}`)} />
              ))}
            </div>
          </Checkbox.Group>
          <div className="plan-rolls">
            {roll('preRollS', 'preRoll')}
            {roll('postRollS', 'postRoll')}
          </div>
        </>
      ) : null}
      {records ? (
        <Switch
          label={t('recording.audio')}
          description={t('recording.audioHint')}
          checked={main.audio}
          onChange={(e) => {
            onChange(both(plans, { audio: e.currentTarget.checked }));
          }}
        />
      ) : null}
    </div>
  );
}

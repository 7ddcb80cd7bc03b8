/** What is said of all cameras. */
import { Button, MultiSelect, NumberInput, Select } from '@mantine/core';
import { useState } from 'react';
import { EventKind, Severity } from '#domain/event.ts';
import type { StationRetention } from '#domain/retention.ts';
import { stationNowMs } from '../../client/index.ts';
import { setStationRetention, type RetentionState } from '../../stores/retention.ts';
import { useTranslation } from '../../text/index.ts';
import { refusalText } from '../../ui/refusal.ts';
import { tell } from '../../ui/tell.ts';
import { goingBy } from './going.ts';
import { useGoing } from './going-part.tsx';
import { legalFault, RuleFields, typed } from './rule-fields.tsx';
import { ruleFrom, valuesOf, type RuleFault, type Typed } from './rule-values.ts';
import './retention.css';

type Fault = { of: 'main' | 'sub'; field: RuleFault } | null;

export function StationRules({ state, may }: { state: RetentionState; may: boolean }) {
  const { t } = useTranslation();
  const { station } = state;
  const [main, setMain] = useState(() => valuesOf(station.main));
  const [sub, setSub] = useState(() => valuesOf(station.sub));
  const [legal, setLegal] = useState<Typed>(station.legalDays ?? '');
  const [events, setEvents] = useState(station.events);
  const [fault, setFault] = useState<Fault>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const made = [ruleFrom(main), ruleFrom(sub)] as const;
  const next: StationRetention | null =
    'rule' in made[0] && 'rule' in made[1] && legalFault(legal) === null
      ? { main: made[0].rule, sub: made[1].rule, legalDays: legal === '' ? null : legal, events }
      : null;
  const going =
    next === null ? [] : goingBy(state, { station: next, cameras: state.cameras }, state.streams, stationNowMs());
  const { part, unmeant } = useGoing(going);
  const save = (): void => {
    const [ofMain, ofSub] = made;
    if ('fault' in ofMain) {
      setFault({ of: 'main', field: ofMain.fault });
      return;
    }
    if ('fault' in ofSub) {
      setFault({ of: 'sub', field: ofSub.fault });
      return;
    }
    setFault(null);
    if (next === null) return;
    setBusy(true);
    setStationRetention(next)
      .then(
        () => {
          setRefusal(null);
          tell(t('retention.saved'));
        },
        (error: unknown) => {
          setRefusal(refusalText(error));
        },
      )
      .finally(() => {
        setBusy(false);
      });
  };
  const seconds = (name: 'beforeMs' | 'afterMs', label: string) => (
    <NumberInput
      label={label}
      min={0}
      max={3600}
      allowNegative={false}
      disabled={!may}
      value={events[name] / 1000}
      onChange={(value) => {
        setEvents({ ...events, [name]: Math.round(Number(value) * 1000) });
      }}
    />
  );
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault();
        save();
      }}
    >
      <fieldset className="rule-group">
        <legend>{t('retention.main')}</legend>
        <RuleFields
          values={main}
          fault={fault?.of === 'main' ? fault.field : null}
          disabled={!may}
          onChange={setMain}
        />
      </fieldset>
      <fieldset className="rule-group">
        <legend>{t('retention.sub')}</legend>
        <RuleFields values={sub} fault={fault?.of === 'sub' ? fault.field : null} disabled={!may} onChange={setSub} />
      </fieldset>
      <NumberInput
        className="narrow"
        label={t('retention.legal')}
        description={t('retention.legalHint')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        min={0}
        max={3650}
        allowNegative={false}
        disabled={!may}
        error={legalFault(legal)}
        value={legal}
        onChange={(value) => {
          setLegal(typed(value));
        }}
      />
      <MultiSelect
        label={t('retention.events')}
        data={EventKind.options.map((k) => ({ value: k, label: t(`events.kind.${k}`) }))}
        value={events.kinds}
        disabled={!may}
        searchable
        onChange={(kinds) => {
          setEvents({ ...events, kinds: kinds.flatMap((k) => EventKind.safeParse(k).data ?? []) });
        }}
      />
      <div className="rule-fields">
        <Select
          label={t('retention.severity')}
          allowDeselect={false}
          disabled={!may}
          data={[
            { value: '', label: t('retention.noSeverity') },
            ...Severity.options.map((s) => ({ value: s, label: t(`events.severity.${s}`) })),
          ]}
          value={events.severity ?? ''}
          onChange={(v) => {
            setEvents({ ...events, severity: Severity.safeParse(v).data ?? null });
          }}
        />
        {seconds('beforeMs', t('retention.before'))}
        {seconds('afterMs', t('retention.after'))}
      </div>
      {may ? part : null}
      {refusal === null ? null : (
        <p className="fault" role="alert">
          {refusal}
        </p>
      )}
      {may ? (
        <div>
          <Button type="submit" loading={busy} disabled={unmeant}>
            {t('app.verb.save')}
          </Button>
        </div>
      ) : null}
    </form>
  );
}

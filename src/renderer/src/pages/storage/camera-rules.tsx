/** What each camera has, how far back it reaches, what is said of it alone, and what clashes. */
import { NumberInput, SegmentedControl } from '@mantine/core';
import { Pencil } from 'lucide-react';
import { useState } from 'react';
import type { CameraView } from '#domain/camera.ts';
import type { CameraRetention, StreamRetention } from '#domain/retention.ts';
import { dayMs } from '#domain/time.ts';
import { stationNowMs } from '../../client/index.ts';
import { useCameras } from '../../stores/cameras.ts';
import { setCameraRetention, type RetentionState } from '../../stores/retention.ts';
import { bytesOf, dateTimeOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { Ask } from '../../ui/ask.tsx';
import { TableScroll } from '../../ui/table-scroll.tsx';
import { goingBy } from './going.ts';
import { useGoing } from './going-part.tsx';
import { legalFault, RuleFields, typed } from './rule-fields.tsx';
import { ruleFrom, valuesOf, type RuleFault, type RuleValues, type Typed } from './rule-values.ts';

export function CameraRules({ state, may }: { state: RetentionState; may: boolean }) {
  const { t } = useTranslation();
  const cameras = useCameras((s) => s.list);
  const [open, setOpen] = useState<CameraView | null>(null);
  return (
    <>
      <TableScroll label={t('retention.cameras')}>
        <table className="table">
          <thead>
            <tr>
              {(['camera', 'rules', 'reaches', 'size', 'notes'] as const).map((c) => (
                <th key={c}>{t(`retention.column.${c}`)}</th>
              ))}
              <th>
                <span className="away">{t('app.verb.edit')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {cameras.map((camera) => (
              <CameraRow key={camera.id} camera={camera} state={state} may={may} onEdit={setOpen} />
            ))}
          </tbody>
        </table>
      </TableScroll>
      {open === null ? null : (
        <CameraDialog
          key={open.id}
          camera={open}
          state={state}
          onClose={() => {
            setOpen(null);
          }}
        />
      )}
    </>
  );
}

function CameraRow({
  camera,
  state,
  may,
  onEdit,
}: {
  camera: CameraView;
  state: RetentionState;
  may: boolean;
  onEdit: (camera: CameraView) => void;
}) {
  const { t } = useTranslation();
  const streams = state.streams.filter((s) => s.cameraId === camera.id);
  const main = streams.find((s) => s.stream === 'main');
  const sub = streams.find((s) => s.stream === 'sub');
  const own = state.cameras.some((c) => c.cameraId === camera.id);
  const conflicts = [...new Set(streams.flatMap((s) => s.conflicts))];
  const oldestMs = main?.oldestMs ?? null;
  const size = sub === undefined ? bytesOf(main?.bytes ?? 0) : null;
  return (
    <tr>
      <td className="name">
        {`${String(camera.number)} `}
        <strong>{camera.name}</strong>
      </td>
      <td>{t(own ? 'retention.own' : 'retention.asStation')}</td>
      <td className="tight">
        {oldestMs === null ? (
          <span className="quiet">{t('retention.nothing')}</span>
        ) : (
          <>
            {dateTimeOf(oldestMs)}{' '}
            <span className="quiet">
              {t('retention.days', { count: Math.floor((stationNowMs() - oldestMs) / dayMs) })}
            </span>
          </>
        )}
      </td>
      <td className="tight">
        {size ?? t('retention.sum', { main: bytesOf(main?.bytes ?? 0), sub: bytesOf(sub?.bytes ?? 0) })}
      </td>
      <td>
        {conflicts.map((c) => (
          <p key={c}>{t(`retention.conflict.${c}`)}</p>
        ))}
      </td>
      <td className="end">
        {may ? (
          <button
            type="button"
            className="tool"
            aria-label={t('retention.edit', { name: camera.name })}
            title={t('retention.edit', { name: camera.name })}
            onClick={() => {
              onEdit(camera);
            }}
          >
            <Pencil size={14} aria-hidden="true" />
          </button>
        ) : null}
      </td>
    </tr>
  );
}

type Part = { own: boolean; values: RuleValues; fault: RuleFault | null };
const partOf = (own: StreamRetention | null, station: StreamRetention): Part => ({
  own: own !== null,
  values: valuesOf(own ?? station),
  fault: null,
});

function CameraDialog({ camera, state, onClose }: { camera: CameraView; state: RetentionState; onClose: () => void }) {
  const { t } = useTranslation();
  const said = state.cameras.find((c) => c.cameraId === camera.id)?.retention ?? null;
  const [main, setMain] = useState(() => partOf(said?.main ?? null, state.station.main));
  const [sub, setSub] = useState(() => partOf(said?.sub ?? null, state.station.sub));
  const [legal, setLegal] = useState<Typed>(said?.legalDays ?? '');
  const rule = (part: Part): StreamRetention | null => {
    const made = ruleFrom(part.values);
    return part.own && 'rule' in made ? made.rule : null;
  };
  const retention: CameraRetention = { main: rule(main), sub: rule(sub), legalDays: legal === '' ? null : legal };
  const others = state.cameras.filter((c) => c.cameraId !== camera.id);
  const going = goingBy(
    state,
    { station: state.station, cameras: [...others, { cameraId: camera.id, retention }] },
    state.streams.filter((s) => s.cameraId === camera.id),
    stationNowMs(),
  );
  const { part: goes, unmeant } = useGoing(going);
  const save = async (): Promise<void> => {
    const nothing = retention.main === null && retention.sub === null && retention.legalDays === null;
    await setCameraRetention(camera.id, nothing ? null : retention);
  };
  const faultOf = (part: Part): RuleFault | null => {
    const made = ruleFrom(part.values);
    return part.own && 'fault' in made ? made.fault : null;
  };
  const wrong = faultOf(main) !== null || faultOf(sub) !== null || legalFault(legal) !== null;
  const part = (title: string, now: Part, set: (part: Part) => void) => (
    <fieldset className="rule-group">
      <legend>{title}</legend>
      <div className="stack">
        <SegmentedControl
          aria-label={title}
          transitionDuration={0}
          data={[
            { value: 'station', label: t('retention.likeAll') },
            { value: 'own', label: t('retention.ofItsOwn') },
          ]}
          value={now.own ? 'own' : 'station'}
          onChange={(v) => {
            set({ ...now, own: v === 'own' });
          }}
        />
        {now.own ? (
          <RuleFields
            values={now.values}
            fault={faultOf(now)}
            onChange={(values) => {
              set({ ...now, values });
            }}
          />
        ) : null}
      </div>
    </fieldset>
  );
  return (
    <Ask
      title={t('retention.edit', { name: camera.name })}
      verb={t('app.verb.save')}
      disabled={wrong || unmeant}
      work={save}
      onClose={onClose}
    >
      <p className="quiet">{t('retention.editText')}</p>
      {part(t('retention.main'), main, setMain)}
      {camera.sub === null ? null : part(t('retention.sub'), sub, setSub)}
      <NumberInput
        label={t('retention.legal')}
        description={t('retention.legalHint')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        min={0}
        max={3650}
        allowNegative={false}
        error={legalFault(legal)}
        value={legal}
        onChange={(value) => {
          setLegal(typed(value));
        }}
      />
      {wrong ? null : goes}
    </Ask>
  );
}

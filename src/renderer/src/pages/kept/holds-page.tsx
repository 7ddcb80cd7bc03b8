/** What is held, was held, and why. */
import { TextInput } from '@mantine/core';
import { LockOpen, Pencil } from 'lucide-react';
import { useEffect, useState } from 'react';
import { holdState, type Hold } from '#domain/hold.ts';
import { useCameras } from '../../stores/cameras.ts';
import { useChosenKeys } from '../../stores/keys.ts';
import { changeHold, liftHold, readHolds, useMarks } from '../../stores/marks.ts';
import { useMay } from '../../stores/session.ts';
import { dateTimeOf, durationOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { Ask } from '../../ui/ask.tsx';
import { GoTo } from '../../ui/go-to.tsx';
import { HoldFields, holdFrom } from '../../ui/mark-fields.tsx';
import { keyFor } from '../../ui/key-actions.ts';
import { keyText } from '../../ui/key-words.ts';
import { Mark } from '../../ui/mark.tsx';
import { refusalText } from '../../ui/refusal.ts';
import { RowTool } from '../../ui/row-tool.tsx';
import { TableScroll } from '../../ui/table-scroll.tsx';
import { tell } from '../../ui/tell.ts';
import { useNow } from '../../ui/use-now.ts';
import { KeptHead } from './kept-head.tsx';
import { KeptNone } from './kept-none.tsx';

type Open = { kind: 'edit' | 'lift'; hold: Hold } | null;
const wallStartsBeforeMs = 5000;

export function HoldsPage() {
  const { t } = useTranslation();
  const holds = useMarks((s) => s.holds);
  const chosen = useChosenKeys((s) => s.chosen);
  const [fault, setFault] = useState<string | null>(null);
  const [isRead, setRead] = useState(false);
  const [open, setOpen] = useState<Open>(null);
  useEffect(() => {
    const abort = new AbortController();
    readHolds(abort.signal).then(
      () => {
        setRead(true);
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setFault(refusalText(error));
      },
    );
    return () => {
      abort.abort();
    };
  }, []);
  const close = (): void => {
    setOpen(null);
  };
  const keys = { start: keyText(keyFor(chosen, 'markStart')), end: keyText(keyFor(chosen, 'markEnd')) };
  return (
    <div className="page wide">
      <KeptHead here="holds" />
      {fault === null ? null : (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      {isRead && holds.length === 0 ? <KeptNone>{t('kept.hold.empty', keys)}</KeptNone> : null}
      {holds.length === 0 ? null : (
        <TableScroll label={t('kept.tab.holds')}>
          <table className="table">
            <thead>
              <tr>
                {(['state', 'span', 'cameras', 'reason', 'owner', 'until'] as const).map((c) => (
                  <th key={c}>{t(`kept.hold.column.${c}`)}</th>
                ))}
                <th>
                  <span className="away">{t('kept.show')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {holds.map((hold) => (
                <HoldRow key={hold.id} hold={hold} onOpen={setOpen} />
              ))}
            </tbody>
          </table>
        </TableScroll>
      )}
      {open?.kind === 'edit' ? <EditHold hold={open.hold} onClose={close} /> : null}
      {open?.kind === 'lift' ? <LiftHold hold={open.hold} onClose={close} /> : null}
    </div>
  );
}

function HoldRow({ hold, onOpen }: { hold: Hold; onOpen: (open: Open) => void }) {
  const { t } = useTranslation();
  const byId = useCameras((s) => s.byId);
  const mayEdit = useMay('operator');
  const mayLift = useMay('administrator');
  const now = useNow(1000);
  const state = holdState(hold, now);
  const { lifted } = hold;
  const [first] = hold.cameraIds;
  return (
    <tr>
      <td className="tight">
        <Mark tone={state === 'holding' ? 'ok' : 'off'}>{t(`kept.hold.state.${state}`)}</Mark>
      </td>
      <td>
        {t('kept.span', {
          from: dateTimeOf(hold.fromMs),
          to: dateTimeOf(hold.toMs),
          duration: durationOf(hold.toMs - hold.fromMs),
        })}
      </td>
      <td>{hold.cameraIds.map((id) => byId.get(id)?.name ?? t('kept.gone')).join(', ')}</td>
      <td>
        {hold.reason}
        {lifted === null ? null : (
          <p className="quiet">
            {t('kept.hold.liftedBy', { by: lifted.by, time: dateTimeOf(lifted.atMs), reason: lifted.reason })}
          </p>
        )}
      </td>
      <td>{hold.owner}</td>
      <td className="tight quiet">{hold.untilMs === null ? t('kept.hold.untilLifted') : dateTimeOf(hold.untilMs)}</td>
      <td className="end">
        <GoTo atMs={hold.fromMs + wallStartsBeforeMs} camera={first ?? null} title={t('kept.show')} of={hold.reason} />
        {mayEdit && state !== 'lifted' ? (
          <RowTool
            title={t('kept.hold.edit')}
            of={hold.reason}
            onClick={() => {
              onOpen({ kind: 'edit', hold });
            }}
          >
            <Pencil size={14} aria-hidden="true" />
          </RowTool>
        ) : null}
        {mayLift && state === 'holding' ? (
          <RowTool
            title={t('kept.hold.lift')}
            of={hold.reason}
            onClick={() => {
              onOpen({ kind: 'lift', hold });
            }}
          >
            <LockOpen size={14} aria-hidden="true" />
          </RowTool>
        ) : null}
      </td>
    </tr>
  );
}

function EditHold({ hold, onClose }: { hold: Hold; onClose: () => void }) {
  const { t } = useTranslation();
  const [values, setValues] = useState({ reason: hold.reason, owner: hold.owner, until: 'as-is' });
  const said = holdFrom(values, hold.untilMs);
  return (
    <Ask
      title={t('kept.hold.edit')}
      verb={t('app.verb.save')}
      disabled={said === null}
      work={async () => {
        if (said !== null) await changeHold(hold.id, said);
      }}
      onClose={onClose}
    >
      <HoldFields
        values={values}
        asIs={hold.untilMs === null ? t('kept.hold.forEver') : dateTimeOf(hold.untilMs)}
        onChange={setValues}
      />
    </Ask>
  );
}

function LiftHold({ hold, onClose }: { hold: Hold; onClose: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  return (
    <Ask
      title={t('kept.hold.lift')}
      verb={t('kept.hold.lift')}
      danger
      disabled={reason.trim() === ''}
      work={async () => {
        await liftHold(hold.id, reason.trim());
        tell(t('kept.hold.lifted'));
      }}
      onClose={onClose}
    >
      <p>{t('kept.hold.liftText')}</p>
      <TextInput
        label={t('kept.hold.liftReason')}
        maxLength={500}
        required
        data-autofocus
        value={reason}
        onChange={(e) => {
          setReason(e.currentTarget.value);
        }}
      />
    </Ask>
  );
}

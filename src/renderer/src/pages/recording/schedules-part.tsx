/** Weeks under a name, for as many cameras as like, and the time zone of all weeks. */
import { Button, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { RecordingWeek, type RecordingSchedule } from '#domain/recording-plan.ts';
import { ownTimeZone } from '#domain/time-zone.ts';
import { stationNowMs } from '../../client/index.ts';
import { saveSchedule, setRecordingZone, useRecordingSettings } from '../../stores/recording.ts';
import { useTranslation } from '../../text/index.ts';
import { refusalText } from '../../ui/refusal.ts';
import { tell, tellRefusal } from '../../ui/tell.ts';
import { newWeek } from './choice.ts';
import { Exceptions } from './exceptions.tsx';
import { RemoveSchedule } from './remove-schedule.tsx';
import { RecordedBy, useScheduleUsers, WatchedBy } from './schedule-users.tsx';
import { WeekEditor } from './week-editor.tsx';

type Edited = { id?: RecordingSchedule['id']; name: string; week: RecordingWeek };

function Editor({ start, zone, onDone }: { start: Edited; zone: string; onDone: () => void }) {
  const { t } = useTranslation();
  const [edited, setEdited] = useState(start);
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const users = useScheduleUsers(start.id);
  const change = (week: RecordingWeek): void => {
    setEdited({ ...edited, week });
  };
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(stationNowMs());
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault();
        setBusy(true);
        saveSchedule(edited).then(
          (saved) => {
            tell(t('recording.schedule.saved', { name: saved.name }));
            onDone();
          },
          (error: unknown) => {
            setFault(refusalText(error));
            setBusy(false);
          },
        );
      }}
    >
      <TextInput
        label={t('recording.schedule.name')}
        maw={360}
        maxLength={80}
        required
        autoFocus
        value={edited.name}
        onChange={(e) => {
          setEdited({ ...edited, name: e.currentTarget.value });
        }}
      />
      {users === null ? null : (
        <>
          <RecordedBy users={users} text="recordsBy" />
          <WatchedBy users={users} text="watchesBy" />
        </>
      )}
      <WeekEditor week={edited.week} zone={zone} onChange={change} />
      <Exceptions week={edited.week} today={today} onChange={change} />
      {fault === null ? null : (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      <div className="line">
        <Button
          type="submit"
          loading={busy}
          disabled={edited.name.trim() === '' || !RecordingWeek.safeParse(edited.week).success}
        >
          {t('recording.schedule.save')}
        </Button>
        <Button variant="default" onClick={onDone}>
          {t('app.verb.cancel')}
        </Button>
      </div>
    </form>
  );
}

export function SchedulesPart({ may }: { may: boolean }) {
  const { t } = useTranslation();
  const settings = useRecordingSettings((s) => s.settings);
  const [edited, setEdited] = useState<Edited | null>(null);
  const [removed, setRemoved] = useState<RecordingSchedule | null>(null);
  const zone = settings?.zone ?? ownTimeZone();
  return (
    <section className="section">
      <h2>{t('recording.schedule.title')}</h2>
      <div className="stack">
        <p className="quiet">{t('recording.schedule.lead')}</p>
        {settings === null || settings.schedules.length === 0 ? null : (
          <ul className="stack">
            {settings.schedules.map((s) => (
              <li key={s.id} className="line">
                <strong>{s.name}</strong>
                {may ? (
                  <>
                    <Button
                      size="xs"
                      variant="default"
                      aria-label={t('recording.schedule.editName', { name: s.name })}
                      onClick={() => {
                        setEdited(s);
                      }}
                    >
                      {t('app.verb.edit')}
                    </Button>
                    <Button
                      size="xs"
                      variant="default"
                      aria-label={t('recording.schedule.removeName', { name: s.name })}
                      onClick={() => {
                        setRemoved(s);
                      }}
                    >
                      {t('app.verb.remove')}
                    </Button>
                  </>
                ) : null}
              </li>
            ))}
          </ul>
        )}
        {edited !== null ? (
          <Editor
            key={edited.id ?? 'new'}
            start={edited}
            zone={zone}
            onDone={() => {
              setEdited(null);
            }}
          />
        ) : may ? (
          <div className="line">
            <Button
              variant="default"
              onClick={() => {
                setEdited({ name: '', week: newWeek().week });
              }}
            >
              {t('recording.schedule.add')}
            </Button>
          </div>
        ) : null}
        <Select
          label={t('recording.zone')}
          description={t('recording.zoneHint')}
          maw={360}
          searchable
          allowDeselect={false}
          disabled={!may}
          data={[...new Set([zone, 'UTC', ...Intl.supportedValuesOf('timeZone')])]}
          value={zone}
          onChange={(v) => {
            if (v !== null && v !== zone) setRecordingZone(v).catch(tellRefusal);
          }}
        />
      </div>
      {removed === null ? null : (
        <RemoveSchedule
          schedule={removed}
          onClose={() => {
            setRemoved(null);
          }}
        />
      )}
    </section>
  );
}

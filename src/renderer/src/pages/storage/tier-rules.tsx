/** Which footage goes to which archive: what holds for all cameras, and what is said of one alone. */
import { Button, SegmentedControl } from '@mantine/core';
import { Pencil } from 'lucide-react';
import { useState } from 'react';
import type { ArchiveView, TierRule, TierRules, Tiering } from '#domain/archive.ts';
import type { CameraView } from '#domain/camera.ts';
import { setCameraTiers, setTiers } from '../../stores/archives.ts';
import { useCameras } from '../../stores/cameras.ts';
import { numberOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { Ask } from '../../ui/ask.tsx';
import { tellRefusal } from '../../ui/tell.ts';
import { sameTiers, tierFrom, tierValuesOf } from './archive-values.ts';
import { TierFields } from './tier-fields.tsx';

type Props = { tiering: Tiering; archives: readonly ArchiveView[] };

function useRules(rules: TierRules) {
  const [main, setMain] = useState(() => tierValuesOf(rules.main));
  const [sub, setSub] = useState(() => tierValuesOf(rules.sub));
  const made = { main: tierFrom(main), sub: tierFrom(sub) };
  const whole: TierRules | null =
    made.main === 'fault' || made.sub === 'fault' ? null : { main: made.main, sub: made.sub };
  return { main, setMain, sub, setSub, made, whole };
}

export function StationTiers({ tiering, archives }: Props) {
  const { t } = useTranslation();
  const { main, setMain, sub, setSub, made, whole } = useRules(tiering.station);
  const [busy, setBusy] = useState(false);
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault();
        if (whole === null) return;
        setBusy(true);
        setTiers(whole)
          .catch(tellRefusal)
          .finally(() => {
            setBusy(false);
          });
      }}
    >
      <TierFields
        title={t('archive.rule.main')}
        archives={archives}
        values={main}
        disabled={false}
        fault={made.main === 'fault'}
        onChange={setMain}
      />
      <TierFields
        title={t('archive.rule.sub')}
        archives={archives}
        values={sub}
        disabled={false}
        fault={made.sub === 'fault'}
        onChange={setSub}
      />
      <div>
        <Button
          type="submit"
          variant="default"
          loading={busy}
          disabled={whole === null || sameTiers(whole, tiering.station)}
        >
          {t('archive.save')}
        </Button>
      </div>
    </form>
  );
}

export function CameraTiers({ tiering, archives }: Props) {
  const { t } = useTranslation();
  const cameras = useCameras((s) => s.list);
  const [open, setOpen] = useState<CameraView | null>(null);
  const said = (rule: TierRule | null): string => {
    if (rule === null) return t('archive.rule.stays');
    const name = archives.find((a) => a.archive === rule.archive)?.name ?? '';
    return t(`archive.rule.said.${rule.mode}`, { name, days: numberOf(rule.afterDays, rule.afterDays < 1 ? 2 : 0) });
  };
  return (
    <>
      <table className="table">
        <thead>
          <tr>
            <th>{t('retention.column.camera')}</th>
            <th>{t('archive.rule.main')}</th>
            <th>{t('archive.rule.sub')}</th>
            <th>
              <span className="away">{t('app.verb.edit')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {cameras.map((camera) => {
            const own = tiering.cameras.find((c) => c.cameraId === camera.id)?.rules;
            const name = t('archive.rule.edit', { name: camera.name });
            return (
              <tr key={camera.id}>
                <td>
                  {`${String(camera.number)} `}
                  <strong>{camera.name}</strong>
                </td>
                {(['main', 'sub'] as const).map((kind) => (
                  <td key={kind} className={own === undefined ? 'quiet' : ''}>
                    {own === undefined ? t('retention.asStation') : said(own[kind])}
                  </td>
                ))}
                <td className="end">
                  <button
                    type="button"
                    className="tool"
                    aria-label={name}
                    title={name}
                    onClick={() => {
                      setOpen(camera);
                    }}
                  >
                    <Pencil size={14} aria-hidden="true" />
                  </button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {open === null ? null : (
        <CameraDialog
          key={open.id}
          camera={open}
          tiering={tiering}
          archives={archives}
          onClose={() => {
            setOpen(null);
          }}
        />
      )}
    </>
  );
}

function CameraDialog({ camera, tiering, archives, onClose }: Props & { camera: CameraView; onClose: () => void }) {
  const { t } = useTranslation();
  const said = tiering.cameras.find((c) => c.cameraId === camera.id)?.rules;
  const [own, setOwn] = useState(said !== undefined);
  const { main, setMain, sub, setSub, made, whole } = useRules(said ?? tiering.station);
  return (
    <Ask
      title={t('archive.rule.edit', { name: camera.name })}
      verb={t('archive.save')}
      disabled={own && whole === null}
      work={() => setCameraTiers(camera.id, own ? whole : null)}
      onClose={onClose}
    >
      <SegmentedControl
        aria-label={t('archive.rules')}
        data={[
          { value: 'station', label: t('retention.asStation') },
          { value: 'own', label: t('retention.own') },
        ]}
        value={own ? 'own' : 'station'}
        onChange={(value) => {
          setOwn(value === 'own');
        }}
      />
      <TierFields
        title={t('archive.rule.main')}
        archives={archives}
        values={main}
        disabled={!own}
        fault={own && made.main === 'fault'}
        onChange={setMain}
      />
      <TierFields
        title={t('archive.rule.sub')}
        archives={archives}
        values={sub}
        disabled={!own}
        fault={own && made.sub === 'fault'}
        onChange={setSub}
      />
    </Ask>
  );
}

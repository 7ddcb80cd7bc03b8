/** Which footage goes to which archive: what holds for all cameras, and what is said of a group or of one alone. */
import { SegmentedControl } from '@mantine/core';
import { Pencil } from 'lucide-react';
import { useState } from 'react';
import type { ArchiveView, TierRule, TierRules, Tiering } from '#domain/archive.ts';
import type { CameraView } from '#domain/camera.ts';
import { stationNowMs } from '../../client/index.ts';
import { setCameraTiers, setGroupTiers, setTiers } from '../../stores/archives.ts';
import { useCameras } from '../../stores/cameras.ts';
import type { RetentionState } from '../../stores/retention.ts';
import { numberOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { Ask } from '../../ui/ask.tsx';
import { IdleButton } from '../../ui/idle-button.tsx';
import { TableScroll } from '../../ui/table-scroll.tsx';
import { tellRefusal } from '../../ui/tell.ts';
import { sameTiers, tierFrom, tierValuesOf } from './archive-values.ts';
import { goingByTiers } from './going.ts';
import { useGoing } from './going-part.tsx';
import { TierFields } from './tier-fields.tsx';

type Props = { tiering: Tiering; archives: readonly ArchiveView[]; streams: RetentionState['streams'] };

function useRules(rules: TierRules) {
  const [main, setMain] = useState(() => tierValuesOf(rules.main));
  const [sub, setSub] = useState(() => tierValuesOf(rules.sub));
  const made = { main: tierFrom(main), sub: tierFrom(sub) };
  const whole: TierRules | null =
    made.main === 'fault' || made.sub === 'fault' ? null : { main: made.main, sub: made.sub };
  return { main, setMain, sub, setSub, made, whole };
}

/** What goes at archives at once where `next` is said instead; null: it cannot be said. */
function useGoingTiers({ tiering, streams }: Pick<Props, 'tiering' | 'streams'>, next: Tiering | null) {
  const byId = useCameras((s) => s.byId);
  return useGoing(
    next === null ? [] : goingByTiers(tiering, next, streams, (id) => byId.get(id)?.group ?? null, stationNowMs()),
  );
}

export function StationTiers({ tiering, archives, streams }: Props) {
  const { t } = useTranslation();
  const { main, setMain, sub, setSub, made, whole } = useRules(tiering.station);
  const [busy, setBusy] = useState(false);
  const { part, unmeant } = useGoingTiers({ tiering, streams }, whole && { ...tiering, station: whole });
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault();
        if (whole === null || unmeant) return;
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
      {part}
      <div>
        <IdleButton
          type="submit"
          variant="default"
          loading={busy}
          idle={whole === null || unmeant || sameTiers(whole, tiering.station)}
        >
          {t('archive.save')}
        </IdleButton>
      </div>
    </form>
  );
}

type Open = { is: 'camera'; camera: CameraView } | { is: 'group'; group: string };

/** Groups of which something is said though no camera is in them stay on the list, so that it can be taken back. */
const groupsOf = (cameras: readonly CameraView[], tiering: Tiering): string[] => [
  ...new Set([
    ...cameras.flatMap((c) => (c.group === null || c.group === '' ? [] : [c.group])),
    ...tiering.groups.map((g) => g.group),
  ]),
];

/** Of groups and of single cameras. */
export function OwnTiers({ tiering, archives, streams }: Props) {
  const { t } = useTranslation();
  const cameras = useCameras((s) => s.list);
  const [open, setOpen] = useState<Open | null>(null);
  const groups = groupsOf(cameras, tiering);
  const ofGroup = (group: string | null): TierRules | undefined => tiering.groups.find((g) => g.group === group)?.rules;
  const table = (head: string, rows: React.ReactNode) => (
    <TableScroll label={head}>
      <table className="table">
        <thead>
          <tr>
            <th>{head}</th>
            <th>{t('archive.rule.main')}</th>
            <th>{t('archive.rule.sub')}</th>
            <th>
              <span className="away">{t('app.verb.edit')}</span>
            </th>
          </tr>
        </thead>
        <tbody>{rows}</tbody>
      </table>
    </TableScroll>
  );
  return (
    <div className="stack">
      {groups.length === 0
        ? null
        : table(
            t('archive.group'),
            groups.map((group) => (
              <Row
                key={group}
                name={group}
                own={ofGroup(group)}
                like={t('retention.asStation')}
                archives={archives}
                onOpen={() => {
                  setOpen({ is: 'group', group });
                }}
              >
                <strong>{group}</strong>
              </Row>
            )),
          )}
      {table(
        t('retention.column.camera'),
        cameras.map((camera) => (
          <Row
            key={camera.id}
            name={camera.name}
            own={tiering.cameras.find((c) => c.cameraId === camera.id)?.rules}
            like={t(ofGroup(camera.group) === undefined ? 'retention.asStation' : 'archive.asGroup')}
            archives={archives}
            onOpen={() => {
              setOpen({ is: 'camera', camera });
            }}
          >
            {`${String(camera.number)} `}
            <strong>{camera.name}</strong>
          </Row>
        )),
      )}
      {open === null ? null : (
        <OwnDialog
          key={open.is === 'camera' ? open.camera.id : open.group}
          of={open}
          tiering={tiering}
          archives={archives}
          streams={streams}
          onClose={() => {
            setOpen(null);
          }}
        />
      )}
    </div>
  );
}

function Row(props: {
  name: string;
  own: TierRules | undefined;
  /** What holds where nothing of its own is said. */
  like: string;
  archives: readonly ArchiveView[];
  onOpen: () => void;
  children: React.ReactNode;
}) {
  const { t } = useTranslation();
  const { own } = props;
  const said = (rule: TierRule | null): string => {
    if (rule === null) return t('archive.rule.stays');
    const name = props.archives.find((a) => a.archive === rule.archive)?.name ?? '';
    return t(`archive.rule.said.${rule.mode}`, { name, days: numberOf(rule.afterDays, rule.afterDays < 1 ? 2 : 0) });
  };
  const title = t('archive.rule.edit', { name: props.name });
  return (
    <tr>
      <td className="name">{props.children}</td>
      {(['main', 'sub'] as const).map((kind) => (
        <td key={kind} className={own === undefined ? 'quiet' : ''}>
          {own === undefined ? props.like : said(own[kind])}
        </td>
      ))}
      <td className="end">
        <button type="button" className="tool" aria-label={title} title={title} onClick={props.onOpen}>
          <Pencil size={14} aria-hidden="true" />
        </button>
      </td>
    </tr>
  );
}

function OwnDialog({ of, tiering, archives, streams, onClose }: Props & { of: Open; onClose: () => void }) {
  const { t } = useTranslation();
  const group = of.is === 'camera' ? of.camera.group : of.group;
  const groups = tiering.groups.find((g) => g.group === group)?.rules;
  const said = of.is === 'camera' ? tiering.cameras.find((c) => c.cameraId === of.camera.id)?.rules : groups;
  const [own, setOwn] = useState(said !== undefined);
  const { main, setMain, sub, setSub, made, whole } = useRules(said ?? groups ?? tiering.station);
  const rules = own ? whole : null;
  const next: Tiering =
    of.is === 'camera'
      ? {
          ...tiering,
          cameras: [
            ...tiering.cameras.filter((c) => c.cameraId !== of.camera.id),
            ...(rules === null ? [] : [{ cameraId: of.camera.id, rules }]),
          ],
        }
      : {
          ...tiering,
          groups: [
            ...tiering.groups.filter((g) => g.group !== of.group),
            ...(rules === null ? [] : [{ group: of.group, rules }]),
          ],
        };
  const wrong = own && whole === null;
  const { part, unmeant } = useGoingTiers({ tiering, streams }, wrong ? null : next);
  return (
    <Ask
      title={t('archive.rule.edit', { name: of.is === 'camera' ? of.camera.name : of.group })}
      verb={t('archive.save')}
      disabled={wrong || unmeant}
      work={() => (of.is === 'camera' ? setCameraTiers(of.camera.id, rules) : setGroupTiers(of.group, rules))}
      onClose={onClose}
    >
      <SegmentedControl
        aria-label={t('archive.rules')}
        data={[
          {
            value: 'others',
            label: t(of.is === 'camera' && groups !== undefined ? 'archive.asGroup' : 'retention.asStation'),
          },
          { value: 'own', label: t('retention.own') },
        ]}
        value={own ? 'own' : 'others'}
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
      {part}
    </Ask>
  );
}

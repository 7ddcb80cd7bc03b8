/** What is looked for in recorded footage, and where. */
import { Button, Checkbox, MultiSelect, SegmentedControl, Slider, Switch } from '@mantine/core';
import { ScanSearch } from 'lucide-react';
import { useId, useState } from 'react';
import type { CameraView } from '#domain/camera.ts';
import { mostSearchedCameras, type FootageSearch } from '#domain/footage-search.ts';
import { CameraId } from '#domain/id.ts';
import type { Point } from '#domain/place.ts';
import { useCameras } from '../../stores/cameras.ts';
import { startFootageSearch } from '../../stores/footage-search.ts';
import { useMay } from '../../stores/session.ts';
import { percentOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { refusalText } from '../../ui/refusal.ts';
import type { Span } from '../pictures/span.ts';
import { classesOf, groups, type Group } from './footage-words.ts';

export function SearchForm({
  camera,
  span,
  area,
  onStarted,
}: {
  camera: CameraView;
  span: Span;
  area: Point[] | null;
  onStarted: (search: FootageSearch) => void;
}) {
  const { t } = useTranslation();
  const may = useMay('operator');
  const cameras = useCameras((s) => s.list);
  const [chosen, setChosen] = useState<readonly Group[]>(['person']);
  const [percent, setPercent] = useState(50);
  const [stream, setStream] = useState<'sub' | 'main'>('sub');
  const [onlyMotion, setOnlyMotion] = useState(true);
  const [others, setOthers] = useState<readonly CameraId[]>([]);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const sure = useId();
  const detail = useId();
  const start = (): void => {
    setBusy(true);
    setFault(null);
    startFootageSearch({
      ...span,
      cameras: [{ id: camera.id, area }, ...others.filter((id) => id !== camera.id).map((id) => ({ id }))],
      classes: chosen.flatMap((g) => classesOf[g]),
      minScore: percent / 100,
      ...{ stream, onlyMotion },
    })
      .then(onStarted, (error: unknown) => {
        setFault(refusalText(error));
      })
      .finally(() => {
        setBusy(false);
      });
  };
  return (
    <form
      className="footage-form"
      aria-label={t('footage.form')}
      onSubmit={(e) => {
        e.preventDefault();
        start();
      }}
    >
      <Checkbox.Group
        label={t('footage.lookFor')}
        value={[...chosen]}
        onChange={(values) => {
          setChosen(groups.filter((g) => values.includes(g)));
        }}
      >
        <div className="footage-groups">
          {groups.map((g) => (
            <Checkbox key={g} value={g} label={t(`footage.group.${g}`)} />
          ))}
        </div>
      </Checkbox.Group>
      <div className="watch-level">
        <span className="watch-level-name" id={sure}>
          {t('footage.sure')}
        </span>
        <Slider
          min={20}
          max={90}
          step={5}
          label={null}
          value={percent}
          onChange={setPercent}
          thumbProps={{ 'aria-labelledby': sure, 'aria-valuetext': percentOf(percent / 100) }}
        />
        <output>{percentOf(percent / 100)}</output>
        <small className="quiet">{t('footage.sureHint')}</small>
      </div>
      <div className="footage-detail">
        <span className="watch-level-name" id={detail}>
          {t('footage.stream.label')}
        </span>
        <SegmentedControl
          size="xs"
          fullWidth
          aria-labelledby={detail}
          value={stream}
          onChange={(v) => {
            setStream(v === 'main' ? 'main' : 'sub');
          }}
          data={[
            { value: 'sub', label: t('footage.stream.sub') },
            { value: 'main', label: t('footage.stream.main') },
          ]}
        />
        <small className="quiet">{t(`footage.stream.${stream}Hint`)}</small>
      </div>
      <Switch
        label={t('footage.onlyMotion')}
        description={t('footage.onlyMotionHint')}
        checked={onlyMotion}
        onChange={(e) => {
          setOnlyMotion(e.currentTarget.checked);
        }}
      />
      {cameras.length < 2 ? null : (
        <MultiSelect
          label={t('footage.others')}
          description={t('footage.othersHint')}
          placeholder={others.length === 0 ? t('footage.othersNone') : ''}
          data={cameras
            .filter((c) => c.id !== camera.id)
            .map((c) => ({ value: c.id, label: `${String(c.number)}  ${c.name}` }))}
          value={[...others]}
          onChange={(values) => {
            setOthers(values.flatMap((v) => CameraId.safeParse(v).data ?? []));
          }}
          maxValues={mostSearchedCameras - 1}
          searchable
          hidePickedOptions
        />
      )}
      {fault === null ? null : (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      {may ? (
        <Button
          type="submit"
          leftSection={<ScanSearch size={16} aria-hidden="true" />}
          disabled={busy || chosen.length === 0}
        >
          {t('footage.start')}
        </Button>
      ) : (
        <p className="quiet">{t('footage.mayNot')}</p>
      )}
    </form>
  );
}

/** The models: which there are, which are here, and getting them. */
import { Button } from '@mantine/core';
import { FolderInput, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { bytesOfModel, type ModelFault, type ModelView } from '#domain/model.ts';
import { cancelDownload, downloadModel, readModels, useModels } from '../../stores/models.ts';
import { useMay } from '../../stores/session.ts';
import { bytesOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { Mark, type Tone } from '../../ui/mark.tsx';
import { tellRefusal } from '../../ui/tell.ts';
import { useReading } from '../../ui/use-reading.ts';
import { Warning } from '../storage/warning.tsx';
import { FromFolder, RemoveModel } from './model-dialogs.tsx';
import { ModelChoice } from './model-choice.tsx';

const everyMs = 1_000;
type Open = { is: 'folder' } | { is: 'remove'; model: ModelView };

export function ModelsTab() {
  const { t } = useTranslation();
  const { list, uses, settings } = useModels();
  const may = useMay('administrator');
  const fault = useReading(readModels, everyMs);
  const [open, setOpen] = useState<Open | null>(null);
  const close = (): void => {
    setOpen(null);
  };
  if (list === null) return <p className={fault === null ? 'blank' : 'fault'}>{fault ?? t('analysis.list.reading')}</p>;
  return (
    <div className="stack">
      {fault === null ? null : <p className="fault">{fault}</p>}
      <div className="line">
        <p className="quiet" style={{ flex: '1 1 20rem' }}>
          {t('analysis.list.lead')}
        </p>
        {may ? (
          <Button
            variant="default"
            leftSection={<FolderInput size={15} aria-hidden="true" />}
            onClick={() => {
              setOpen({ is: 'folder' });
            }}
          >
            {t('analysis.list.fromFolder')}
          </Button>
        ) : null}
      </div>
      <ul className="disks models">
        {list.map((model) => {
          const { id, task } = model.manifest;
          const used = uses.some((u) => u.task === task && u.modelId === id);
          return (
            <li key={id}>
              <Model model={model} used={used} may={may} onOpen={setOpen} />
            </li>
          );
        })}
      </ul>
      {may && settings !== null ? (
        <section className="section">
          <h2>{t('analysis.list.choice')}</h2>
          <ModelChoice key={JSON.stringify(settings)} settings={settings} list={list} />
        </section>
      ) : null}
      {open?.is === 'folder' ? <FromFolder onClose={close} /> : null}
      {open?.is === 'remove' ? <RemoveModel model={open.model} onClose={close} /> : null}
    </div>
  );
}

type StateWord = 'here' | 'absent' | 'loading' | 'waits' | 'broken';
const tones: Record<StateWord, Tone> = { here: 'ok', absent: 'off', loading: 'armed', waits: 'armed', broken: 'bad' };
const wordOf = ({ state }: ModelView): StateWord => (state.is === 'loading' && state.waits ? 'waits' : state.is);

function Model({
  model,
  used,
  may,
  onOpen,
}: {
  model: ModelView;
  used: boolean;
  may: boolean;
  onOpen: (open: Open) => void;
}) {
  const { t } = useTranslation();
  const { manifest, origin, state } = model;
  const { name } = manifest;
  const size = bytesOf(bytesOfModel(manifest));
  return (
    <article className="card disk" aria-label={name}>
      <div className="disk-head">
        <h2>{name}</h2>
        <span className="quiet">{t(`analysis.list.task.${manifest.task}`)}</span>
        {used ? <span className="model-used">{t('analysis.list.used')}</span> : null}
        <Mark tone={tones[wordOf(model)]}>{t(`analysis.list.is.${wordOf(model)}`)}</Mark>
      </div>
      {state.is === 'broken' ? <Fault fault={state.fault} /> : null}
      {state.is === 'absent' && state.fault !== null ? <Fault fault={state.fault} /> : null}
      <div>
        <p>{[t(`analysis.list.origin.${origin}`), size].join(' · ')}</p>
        <p className="quiet">{t('analysis.list.licence', { licence: manifest.licence })}</p>
      </div>
      <div>
        <p className="quiet model-source">{manifest.source}</p>
        {state.is === 'absent' && state.haveBytes > 0 ? (
          <p>{t('analysis.list.begun', { have: bytesOf(state.haveBytes), all: size })}</p>
        ) : null}
      </div>
      {may && origin !== 'built-in' ? <Tools model={model} onOpen={onOpen} /> : <span />}
      {state.is === 'loading' ? <Progress bytes={state.bytes} ofBytes={state.ofBytes} name={name} /> : null}
    </article>
  );
}

function Fault({ fault }: { fault: ModelFault }) {
  const { t } = useTranslation();
  return (
    <div className="disk-trouble">
      <Warning>{t(`analysis.list.trouble.${fault.trouble}`)}</Warning>
      <p className="quiet mono model-source">{fault.detail}</p>
    </div>
  );
}

function Progress({ bytes, ofBytes, name }: { bytes: number; ofBytes: number; name: string }) {
  const { t } = useTranslation();
  const part = ofBytes === 0 ? 0 : bytes / ofBytes;
  return (
    <div className="disk-trouble">
      <p>{t('analysis.list.of', { have: bytesOf(bytes), all: bytesOf(ofBytes) })}</p>
      <div
        className="meter"
        role="progressbar"
        aria-label={name}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(part * 100)}
      >
        <i style={{ width: `${String(Math.round(part * 100))}%` }} />
      </div>
    </div>
  );
}

function Tools({ model, onOpen }: { model: ModelView; onOpen: (open: Open) => void }) {
  const { t } = useTranslation();
  const { manifest, state } = model;
  const { id, name } = manifest;
  const [busy, setBusy] = useState(false);
  const during = (work: Promise<void>): void => {
    setBusy(true);
    work.catch(tellRefusal).finally(() => {
      setBusy(false);
    });
  };
  const begun = state.is === 'absent' && state.haveBytes > 0;
  const deletable = state.is === 'here' || state.is === 'broken' || begun;
  return (
    <div className="line">
      {state.is === 'absent' || state.is === 'broken' ? (
        <Button
          size="xs"
          loading={busy}
          aria-label={t('analysis.list.downloadName', { name })}
          onClick={() => {
            during(downloadModel(id));
          }}
        >
          {t(begun ? 'analysis.list.goOn' : 'analysis.list.download')}
        </Button>
      ) : null}
      {state.is === 'loading' ? (
        <Button
          size="xs"
          variant="default"
          loading={busy}
          aria-label={t('analysis.list.cancelName', { name })}
          onClick={() => {
            during(cancelDownload(id));
          }}
        >
          {t('analysis.list.cancel')}
        </Button>
      ) : null}
      {deletable ? (
        <button
          type="button"
          className="tool"
          title={t('analysis.list.remove', { name })}
          aria-label={t('analysis.list.remove', { name })}
          onClick={() => {
            onOpen({ is: 'remove', model });
          }}
        >
          <Trash2 size={15} aria-hidden="true" />
        </button>
      ) : null}
    </div>
  );
}

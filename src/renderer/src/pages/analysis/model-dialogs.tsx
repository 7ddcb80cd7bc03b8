/** Taking models in from a folder, and deleting one. */
import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { bytesOfModel, type FoundModel, type ModelView } from '#domain/model.ts';
import { lookForModels, removeModel, takeModels } from '../../stores/models.ts';
import { bytesOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { Ask } from '../../ui/ask.tsx';
import { Mark } from '../../ui/mark.tsx';
import { isRefusal, refusalText } from '../../ui/refusal.ts';
import { tell } from '../../ui/tell.ts';

type Looked = { path: string; found: FoundModel[] };

export function FromFolder({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [path, setPath] = useState('');
  const [looked, setLooked] = useState<Looked | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const current = looked !== null && looked.path === path ? looked.found : null;
  const sound = (current ?? []).flatMap((f) => (f.fault === null && f.manifest !== null ? [f.manifest.id] : []));
  const look = (): void => {
    setBusy(true);
    lookForModels(path)
      .then(
        (found) => {
          setLooked({ path, found });
          setFault(null);
        },
        (error: unknown) => {
          setFault(isRefusal(error, 'INVALID') ? t('analysis.list.folder.unreadable') : refusalText(error));
        },
      )
      .finally(() => {
        setBusy(false);
      });
  };
  return (
    <Ask
      title={t('analysis.list.folder.title')}
      verb={t('analysis.list.folder.take', { count: sound.length })}
      disabled={sound.length === 0}
      work={async () => {
        const count = await takeModels(path, sound);
        tell(t('analysis.list.folder.taken', { count }));
      }}
      onClose={onClose}
    >
      <p>{t('analysis.list.folder.text')}</p>
      <div className="line model-path">
        <TextInput
          label={t('analysis.list.folder.path')}
          description={t('analysis.list.folder.hint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          error={fault}
          spellCheck={false}
          autoComplete="off"
          value={path}
          onChange={(e) => {
            setPath(e.currentTarget.value);
            setFault(null);
          }}
          onKeyDown={(e) => {
            // Before anything was found there is nothing to take: Enter looks.
            if (e.key !== 'Enter' || sound.length > 0) return;
            e.preventDefault();
            if (path.trim() !== '' && !busy) look();
          }}
        />
        <Button variant="default" loading={busy} disabled={path.trim() === ''} onClick={look}>
          {t('analysis.list.folder.look')}
        </Button>
      </div>
      <div role="status">
        {current === null ? null : current.length === 0 ? (
          <p>{t('analysis.list.folder.nothing')}</p>
        ) : (
          <ul className="model-found" aria-label={t('analysis.list.folder.found')}>
            {current.map((f) => (
              <li key={`${f.file} ${f.manifest?.id ?? ''}`}>
                <Mark tone={f.fault === null ? 'ok' : 'warn'}>
                  {f.manifest === null
                    ? f.file
                    : `${f.manifest.name} (${t(`analysis.list.task.${f.manifest.task}`)}, ${bytesOf(bytesOfModel(f.manifest))})`}
                </Mark>
                {f.fault === null ? null : (
                  <>
                    <p>{t(`analysis.list.trouble.${f.fault.trouble}`)}</p>
                    <p className="quiet mono model-source">{f.fault.detail}</p>
                  </>
                )}
              </li>
            ))}
          </ul>
        )}
      </div>
    </Ask>
  );
}

export function RemoveModel({ model, onClose }: { model: ModelView; onClose: () => void }) {
  const { t } = useTranslation();
  const { manifest, origin } = model;
  return (
    <Ask
      title={t('analysis.list.remove', { name: manifest.name })}
      verb={t('analysis.list.removeVerb')}
      danger
      work={async () => {
        await removeModel(manifest.id);
        tell(t('analysis.list.removed'));
      }}
      onClose={onClose}
    >
      <p>
        {t(origin === 'own' ? 'analysis.list.removeOwn' : 'analysis.list.removeText', {
          size: bytesOf(bytesOfModel(manifest)),
        })}
      </p>
    </Ask>
  );
}

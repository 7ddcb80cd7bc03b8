/** Which model does what for the station, and where models are got from. */
import { Button, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { chooseModel } from '#domain/decide/choose-model.ts';
import { ModelId, ModelTask, ModelSettings, workOfModel, type ModelView } from '#domain/model.ts';
import { setModels } from '../../stores/models.ts';
import { numberOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { refusalText } from '../../ui/refusal.ts';
import { tell } from '../../ui/tell.ts';

const automatic = '';

export function ModelChoice({ settings, list }: { settings: ModelSettings; list: readonly ModelView[] }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState(settings.chosen);
  const [mirror, setMirror] = useState(settings.mirror ?? '');
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const tasks = ModelTask.options.filter((task) => list.some((m) => m.manifest.task === task));
  const choose = (task: ModelTask, value: string | null): void => {
    const id = ModelId.safeParse(value);
    const { [task]: _, ...others } = chosen;
    setChosen(id.success ? { ...others, [task]: id.data } : others);
  };
  const save = (): void => {
    const address = ModelSettings.shape.mirror.safeParse(mirror.trim() === '' ? null : mirror.trim());
    if (!address.success) {
      setFault(t('analysis.list.badMirror'));
      return;
    }
    setBusy(true);
    setModels({ mirror: address.data, chosen })
      .then(
        () => {
          setFault(null);
          tell(t('analysis.saved'));
        },
        (error: unknown) => {
          setFault(refusalText(error));
        },
      )
      .finally(() => {
        setBusy(false);
      });
  };
  return (
    <form
      className="stack narrow"
      onSubmit={(e) => {
        e.preventDefault();
        save();
      }}
    >
      <p className="quiet">{t('analysis.list.choiceHint')}</p>
      {tasks.map((task) => (
        <Select
          key={task}
          label={t(`analysis.list.task.${task}`)}
          allowDeselect={false}
          data={[
            { value: automatic, label: t('analysis.list.automatic') },
            ...list
              .filter((m) => m.manifest.task === task && (m.state.is === 'here' || chosen[task] === m.manifest.id))
              .map((m) => ({ value: m.manifest.id, label: m.manifest.name })),
          ]}
          value={chosen[task] ?? automatic}
          description={<Because task={task} chosen={chosen[task] ?? null} list={list} />}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          onChange={(value) => {
            choose(task, value);
          }}
        />
      ))}
      <TextInput
        label={t('analysis.list.mirror')}
        description={t('analysis.list.mirrorHint')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        placeholder="https://"
        spellCheck={false}
        autoComplete="off"
        value={mirror}
        onChange={(e) => {
          setMirror(e.currentTarget.value);
        }}
      />
      {fault === null ? null : (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      <div>
        <Button type="submit" variant="default" loading={busy}>
          {t('analysis.save')}
        </Button>
      </div>
    </form>
  );
}

/** Which model it is with this choice, and why; and what the others would take. */
function Because({ task, chosen, list }: { task: ModelTask; chosen: ModelId | null; list: readonly ModelView[] }) {
  const { t } = useTranslation();
  const found = chooseModel(list, task, null, chosen);
  if (found === null) return <>{t('analysis.list.why.none')}</>;
  const { manifest } = found.model;
  const others = list.filter(
    ({ manifest: m, state }) =>
      state.is === 'here' && m.task === task && m.reader === manifest.reader && m.id !== manifest.id,
  );
  const words = others.map((o) =>
    t('analysis.list.work', {
      name: o.manifest.name,
      times: numberOf(workOfModel(o.manifest) / workOfModel(manifest), 1),
    }),
  );
  return <>{[t(`analysis.list.why.${found.why}`, { name: manifest.name }), ...words].join(' ')}</>;
}

import { Button, NumberInput, Select, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useEffect, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { CameraView, LinkChange } from '#domain/camera.ts';
import { recordAlways, recordNever } from '#domain/recording-plan.ts';
import { StreamUrl, Transport } from '#domain/stream.ts';
import { addCamera, changeCamera, probeCamera, useCameras } from '../stores/cameras.ts';
import { useTranslation } from '../text/index.ts';
import { PasswordInput } from '../ui/password-input.tsx';
import type { Areas } from '../ui/privacy-layer.tsx';
import { refusalText } from '../ui/refusal.ts';
import { tell } from '../ui/tell.ts';
import { readRecordingSettings } from '../stores/recording.ts';
import { DeviceSection } from './add/device-section.tsx';
import { CameraTest, type TestState } from './camera-test.tsx';
import { fits, type Plans } from './recording/choice.ts';
import { PlanForm } from './recording/plan-form.tsx';
import { splitAddress } from './split-address.ts';

type Values = {
  url: string;
  username: string;
  password: string;
  transport: Transport;
  name: string;
  number: number | '';
  group: string;
  sub: string;
  plans: Plans;
  enabled: boolean;
  tags: string[];
  notes: string;
  mainProfile: string | null;
  subProfile: string | null;
  setClock: boolean;
};

/** First values of a new camera, where its streams were found out already. */
export type FormStart = { url: string; sub: string; username: string; password: string };

const valuesOf = (camera: CameraView | null, nextNumber: number, start: FormStart | null): Values => ({
  url: camera?.main.url ?? start?.url ?? 'rtsp://',
  username: camera?.username ?? start?.username ?? '',
  password: start?.password ?? '',
  transport: camera?.main.transport ?? 'auto',
  name: camera?.name ?? '',
  number: camera?.number ?? nextNumber,
  group: camera?.group ?? '',
  sub: camera?.sub?.url ?? start?.sub ?? '',
  plans: { main: camera?.main.plan ?? recordAlways, sub: camera?.sub?.plan ?? recordNever },
  enabled: camera?.enabled ?? true,
  tags: camera?.tags ?? [],
  notes: camera?.notes ?? '',
  mainProfile: camera?.link?.mainProfile ?? null,
  subProfile: camera?.link?.subProfile ?? null,
  setClock: camera?.link?.setClock ?? false,
});

/** What is changed of the link to the device; undefined: nothing. */
function linkChange(camera: CameraView, v: Values): LinkChange | undefined {
  const { link } = camera;
  if (link === null) return undefined;
  const change: LinkChange = {
    ...(v.mainProfile !== null && v.mainProfile !== link.mainProfile ? { mainProfile: v.mainProfile } : {}),
    ...(v.subProfile === link.subProfile ? {} : { subProfile: v.subProfile }),
    ...(v.setClock === link.setClock ? {} : { setClock: v.setClock }),
  };
  return Object.keys(change).length > 0 ? change : undefined;
}

const noAreas: Areas = [];

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

/**
 * Adds a camera by its address, or changes one. Key it by camera: its first values come from there. `start` (null: no values
 * known) puts the form into another page, which has a heading of its own.
 */
export function CameraFormPage({ camera, start }: { camera: CameraView | null; start?: FormStart | null }) {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const list = useCameras((s) => s.list);
  const [test, setTest] = useState<TestState>({ step: 'idle' });
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const probing = useRef<AbortController | null>(null);
  useEffect(() => () => probing.current?.abort(), []);
  useEffect(() => {
    const abort = new AbortController();
    // Without them shared schedules are not offered; all else works.
    readRecordingSettings(abort.signal).catch(() => undefined);
    return () => {
      abort.abort();
    };
  }, []);
  const nextNumber = list.reduce((n, c) => Math.max(n, c.number + 1), 1);
  const allTags = [...new Set(list.flatMap((c) => c.tags))].sort();
  const usable = (v: string): boolean => StreamUrl.safeParse(v).success;
  const form = useForm<Values>({
    initialValues: valuesOf(camera, nextNumber, start ?? null),
    validate: {
      url: (v) => (usable(v) ? null : t('cameras.form.urlBad')),
      sub: (v) => (v.trim() === '' || usable(v) ? null : t('cameras.form.urlBad')),
      name: (v) => (v.trim() === '' ? t('cameras.form.nameMissing') : null),
      number: (v) => {
        const other = list.find((c) => c.number === v && c.id !== camera?.id);
        return other ? t('cameras.form.numberTaken', { number: other.number, name: other.name }) : null;
      },
    },
  });
  /** A pasted address often carries user and password: they go where they belong. */
  const tidy = (field: 'url' | 'sub'): void => {
    const split = splitAddress(form.values[field]);
    if (!split) return;
    form.setFieldValue(field, split.url);
    form.setFieldValue('username', split.username);
    if (split.password !== '') form.setFieldValue('password', split.password);
    tell(t('cameras.form.urlCredentials'));
  };
  const tidyNow = useRef(tidy);
  useEffect(() => {
    tidyNow.current = tidy;
  });
  const runTest = (): void => {
    tidy('url');
    const split = splitAddress(form.values.url);
    const v = { ...form.values, ...(split ?? {}) };
    if (!usable(v.url)) {
      form.validateField('url');
      return;
    }
    probing.current?.abort();
    const mine = new AbortController();
    probing.current = mine;
    setTest({ step: 'running' });
    const password = v.password === '' ? null : v.password;
    probeCamera(
      {
        url: v.url,
        transport: v.transport,
        username: orNull(v.username),
        password,
        ...(camera !== null && password === null ? { cameraId: camera.id } : {}),
      },
      mine.signal,
    ).then(
      (answer) => {
        if (!mine.signal.aborted) setTest({ step: 'answer', answer });
      },
      (error: unknown) => {
        if (!mine.signal.aborted) setTest({ step: 'fault', text: refusalText(error) });
      },
    );
  };
  const save = async (v: Values): Promise<void> => {
    const shared = {
      name: v.name.trim(),
      ...(v.number === '' ? {} : { number: v.number }),
      group: orNull(v.group),
      enabled: v.enabled,
      main: { url: v.url.trim(), transport: v.transport, plan: v.plans.main },
      sub: v.sub.trim() === '' ? null : { url: v.sub.trim(), transport: v.transport, plan: v.plans.sub },
      username: orNull(v.username),
      tags: v.tags,
      notes: v.notes,
    };
    if (camera === null) {
      const added = await addCamera({ ...shared, password: v.password === '' ? null : v.password });
      tell(t('cameras.form.added', { name: added.name }));
    } else {
      const forget = orNull(v.username) === null && v.password === '';
      const password = v.password !== '' ? { password: v.password } : forget ? { password: null } : {};
      const link = linkChange(camera, v);
      const change = { ...shared, ...password, ...(link ? { link } : {}) };
      const saved = await changeCamera({ id: camera.id, change });
      tell(t('cameras.form.saved', { name: saved.name }));
    }
    go('/cameras');
  };
  const address = { spellCheck: false, autoComplete: 'off', classNames: { input: 'mono' } } as const;
  return (
    <div className={start === undefined ? 'page wide' : ''}>
      {start === undefined ? (
        <div className="page-head">
          <h1>{camera === null ? t('cameras.form.addTitle') : t('cameras.form.editTitle', { name: camera.name })}</h1>
          {camera === null ? null : (
            <div className="end">
              <Link href={`/cameras/${camera.id}/watching`} title={t('watching.openHint')}>
                {t('watching.open')}
              </Link>
              {camera.link ? (
                <Link href={`/cameras/${camera.id}/device`} title={t('deviceSettings.openHint')}>
                  {t('deviceSettings.open')}
                </Link>
              ) : null}
            </div>
          )}
        </div>
      ) : null}
      <form
        onSubmit={form.onSubmit((v) => {
          setBusy(true);
          setFault(null);
          save(v).catch((error: unknown) => {
            setFault(refusalText(error));
            setBusy(false);
          });
        })}
      >
        <section className="section">
          <h2>{t('cameras.form.connection')}</h2>
          <div className="camera-connection">
            <div className="stack">
              <TextInput
                label={t('cameras.form.url')}
                description={t('cameras.form.urlHint')}
                autoFocus={camera === null}
                {...address}
                {...form.getInputProps('url')}
                onBlur={() => {
                  tidy('url');
                }}
                onPaste={() => {
                  setTimeout(() => {
                    tidyNow.current('url');
                  });
                }}
              />
              <div className="pair">
                <TextInput
                  label={t('cameras.form.username')}
                  autoComplete="off"
                  spellCheck={false}
                  {...form.getInputProps('username')}
                />
                <PasswordInput
                  label={t('cameras.form.password')}
                  autoComplete="new-password"
                  inputWrapperOrder={['label', 'input', 'description', 'error']}
                  description={camera?.hasPassword === true ? t('cameras.form.passwordKept') : null}
                  {...form.getInputProps('password')}
                />
              </div>
              <div className="pair">
                <Select
                  label={t('cameras.form.transport')}
                  allowDeselect={false}
                  data={Transport.options.map((v) => ({ value: v, label: t(`cameras.form.${v}`) }))}
                  {...form.getInputProps('transport')}
                />
                <Button variant="default" className="pair-low" onClick={runTest} disabled={test.step === 'running'}>
                  {t('cameras.form.test')}
                </Button>
              </div>
            </div>
            <CameraTest state={test} areas={camera?.privacy ?? noAreas} />
          </div>
        </section>
        <section className="section">
          <h2>{t('cameras.form.identity')}</h2>
          <div className="stack narrow">
            <TextInput label={t('cameras.form.name')} maxLength={80} {...form.getInputProps('name')} />
            <div className="pair">
              <NumberInput
                label={t('cameras.form.number')}
                description={t('cameras.form.numberHint')}
                min={1}
                max={9999}
                allowDecimal={false}
                allowNegative={false}
                {...form.getInputProps('number')}
              />
            </div>
            <TextInput label={t('cameras.form.group')} maxLength={80} {...form.getInputProps('group')} />
            <TagsInput
              label={t('finding.device.tags')}
              description={t('finding.device.tagsHint')}
              data={allTags}
              maxTags={16}
              maxLength={40}
              acceptValueOnBlur
              {...form.getInputProps('tags')}
            />
            <Textarea
              label={t('finding.device.notes')}
              description={t('finding.device.notesHint')}
              autosize
              minRows={2}
              maxRows={10}
              maxLength={2000}
              {...form.getInputProps('notes')}
            />
          </div>
        </section>
        <section className="section">
          <h2>{t('cameras.form.streams')}</h2>
          <div className="stack">
            <TextInput
              label={t('cameras.form.sub')}
              description={t('cameras.form.subHint')}
              {...address}
              {...form.getInputProps('sub')}
              onBlur={() => {
                tidy('sub');
              }}
              maw={560}
            />
            <Switch label={t('cameras.form.enabled')} {...form.getInputProps('enabled', { type: 'checkbox' })} />
          </div>
        </section>
        <section className="section">
          <h2>{t('recording.title')}</h2>
          <PlanForm
            plans={form.values.plans}
            hasSub={form.values.sub.trim() !== ''}
            onChange={(plans) => {
              form.setFieldValue('plans', plans);
            }}
          />
        </section>
        {camera?.link ? (
          <DeviceSection
            camera={{ ...camera, link: camera.link }}
            values={form.values}
            onChange={(change) => {
              form.setValues(change);
            }}
          />
        ) : null}
        <section className="section">
          <span />
          <div className="stack">
            {fault === null ? null : (
              <p className="fault" role="alert">
                {fault}
              </p>
            )}
            <div className="line">
              <Button type="submit" loading={busy} disabled={!fits(form.values.plans)}>
                {t('cameras.form.save')}
              </Button>
              <Button
                variant="default"
                onClick={() => {
                  go('/cameras');
                }}
              >
                {t('app.verb.cancel')}
              </Button>
            </div>
          </div>
        </section>
      </form>
    </div>
  );
}

import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { UserName } from '#domain/user.ts';
import { setUp, useSession, enterThisPc } from '../stores/session.ts';
import { useTranslation } from '../text/index.ts';
import { PasswordInput } from '../ui/password-input.tsx';
import { refusalText } from '../ui/refusal.ts';
import { Door } from './door.tsx';

/** Creates the administrator; on the desktop also offers to use this PC without a log-in. */
export function FirstRunPage() {
  const { t } = useTranslation();
  const ticket = useSession((s) => s.ticket);
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { name: 'admin', password: '', again: '' },
    validateInputOnBlur: ['name'],
    validate: {
      name: (v) =>
        v.trim() === ''
          ? t('session.check.nameMissing')
          : UserName.safeParse(v).success
            ? null
            : t('session.check.nameForm'),
      password: (v) => (v.length < 10 ? t('session.check.passwordShort', { count: v.length }) : null),
      again: (v, all) => (v === all.password ? null : t('session.check.passwordsDiffer')),
    },
  });
  const run = (work: Promise<void>): void => {
    setBusy(true);
    setFault(null);
    work.catch((error: unknown) => {
      setFault(refusalText(error));
      setBusy(false);
    });
  };
  return (
    <Door title={t('session.firstRun.title')} lead={t('session.firstRun.lead')}>
      <form
        className="stack"
        onSubmit={form.onSubmit((v) => {
          run(setUp(v.name.trim(), v.password));
        })}
      >
        <TextInput
          label={t('session.firstRun.name')}
          autoComplete="username"
          autoFocus
          {...form.getInputProps('name')}
        />
        <PasswordInput
          label={t('session.firstRun.password')}
          description={t('session.firstRun.passwordHint')}
          autoComplete="new-password"
          {...form.getInputProps('password')}
        />
        <PasswordInput
          label={t('session.firstRun.again')}
          autoComplete="new-password"
          {...form.getInputProps('again')}
        />
        {fault === null ? null : (
          <p className="fault" role="alert">
            {fault}
          </p>
        )}
        <Button type="submit" loading={busy}>
          {t('session.firstRun.create')}
        </Button>
        <p className="quiet">{t('session.firstRun.kept')}</p>
      </form>
      {ticket === null ? null : (
        <>
          <div className="or">{t('session.firstRun.or')}</div>
          <div className="stack">
            <Button
              variant="default"
              disabled={busy}
              onClick={() => {
                run(enterThisPc(ticket));
              }}
            >
              {t('session.firstRun.noLogin')}
            </Button>
            <p className="quiet">{t('session.firstRun.noLoginHint')}</p>
          </div>
        </>
      )}
    </Door>
  );
}

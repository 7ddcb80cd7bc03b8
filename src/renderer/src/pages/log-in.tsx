import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { logIn, useSession } from '../stores/session.ts';
import { useTranslation } from '../text/index.ts';
import { PasswordInput } from '../ui/password-input.tsx';
import { isRefusal, refusalText } from '../ui/refusal.ts';
import { Door } from './door.tsx';

export function LogInPage() {
  const { t } = useTranslation();
  const station = useSession((s) => s.station?.name ?? '');
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { name: '', password: '' },
    validate: {
      name: (v) => (v.trim() === '' ? t('session.check.nameMissing') : null),
      password: (v) => (v === '' ? t('session.check.passwordMissing') : null),
    },
  });
  return (
    <Door title={t('session.logIn.title')} lead={t('session.logIn.to', { station })}>
      <form
        className="stack"
        onSubmit={form.onSubmit((v) => {
          setBusy(true);
          setFault(null);
          logIn(v.name.trim(), v.password).catch((error: unknown) => {
            setFault(isRefusal(error, 'UNAUTHENTICATED') ? t('session.logIn.refused') : refusalText(error));
            setBusy(false);
          });
        })}
      >
        <TextInput label={t('session.logIn.name')} autoComplete="username" autoFocus {...form.getInputProps('name')} />
        <PasswordInput
          label={t('session.logIn.password')}
          autoComplete="current-password"
          {...form.getInputProps('password')}
        />
        {fault === null ? null : (
          <p className="fault" role="alert">
            {fault}
          </p>
        )}
        <Button type="submit" loading={busy}>
          {t('app.verb.logIn')}
        </Button>
      </form>
    </Door>
  );
}

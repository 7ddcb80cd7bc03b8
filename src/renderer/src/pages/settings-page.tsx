import { Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { changePassword, renameStation, useMay, useSession } from '../stores/session.ts';
import { chooseLanguage, chooseTheme, themes, useScreen } from '../stores/screen.ts';
import { isLanguage, languages, useTranslation } from '../text/index.ts';
import { PasswordInput } from '../ui/password-input.tsx';
import { isRefusal, refusalText } from '../ui/refusal.ts';
import { tell } from '../ui/tell.ts';
import { KeysSection } from './keys-section.tsx';
import { PrivacySection } from './privacy-section.tsx';
import { UsersSection } from './users-section.tsx';

export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="section">
      <h2>{title}</h2>
      <div className="stack">{children}</div>
    </section>
  );
}

function StationSection() {
  const { t } = useTranslation();
  const station = useSession((s) => s.station);
  const may = useMay('administrator');
  const [fault, setFault] = useState<string | null>(null);
  const form = useForm({ initialValues: { name: station?.name ?? '' } });
  return (
    <Section title={t('settings.station')}>
      <form
        className="line"
        onSubmit={form.onSubmit((v) => {
          renameStation(v.name).then(
            () => {
              setFault(null);
              form.resetDirty();
              tell(t('settings.saved'));
            },
            (error: unknown) => {
              setFault(refusalText(error));
            },
          );
        })}
      >
        <TextInput
          className="narrow"
          style={{ flex: 1 }}
          label={t('settings.stationName')}
          description={t('settings.stationNameHint')}
          maxLength={80}
          disabled={!may}
          error={fault}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          {...form.getInputProps('name')}
        />
        {form.isDirty() ? <Button type="submit">{t('app.verb.save')}</Button> : null}
      </form>
      <p className="quiet">
        {t('settings.version')} {station?.version}
      </p>
    </Section>
  );
}

function ScreenSection() {
  const { t } = useTranslation();
  const { theme, language } = useScreen();
  return (
    <Section title={t('settings.screen')}>
      <Select
        className="narrow"
        label={t('settings.language')}
        allowDeselect={false}
        data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
        value={language}
        onChange={(v) => {
          if (isLanguage(v)) void chooseLanguage(v);
        }}
      />
      <div>
        <p className="mantine-InputWrapper-label" id="theme-label">
          {t('settings.theme')}
        </p>
        <SegmentedControl
          aria-labelledby="theme-label"
          transitionDuration={0}
          data={themes.map((v) => ({ value: v, label: t(`settings.themes.${v}`) }))}
          value={theme}
          onChange={(v) => {
            chooseTheme(v);
          }}
        />
      </div>
    </Section>
  );
}

function PasswordForm() {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { old: '', password: '', again: '' },
    validate: {
      old: (v) => (v === '' ? t('session.check.passwordMissing') : null),
      password: (v) => (v.length < 10 ? t('session.check.passwordShort', { count: v.length }) : null),
      again: (v, all) => (v === all.password ? null : t('session.check.passwordsDiffer')),
    },
  });
  return (
    <form
      className="stack narrow"
      onSubmit={form.onSubmit((v) => {
        setBusy(true);
        changePassword(v.old, v.password)
          .then(
            () => {
              form.reset();
              tell(t('settings.passwordChanged'));
            },
            (error: unknown) => {
              form.setFieldError('old', isRefusal(error, 'INVALID') ? t('settings.oldWrong') : refusalText(error));
            },
          )
          .finally(() => {
            setBusy(false);
          });
      })}
    >
      <PasswordInput label={t('settings.oldPassword')} autoComplete="current-password" {...form.getInputProps('old')} />
      <PasswordInput
        label={t('settings.newPassword')}
        description={t('session.firstRun.passwordHint')}
        autoComplete="new-password"
        {...form.getInputProps('password')}
      />
      <PasswordInput label={t('session.firstRun.again')} autoComplete="new-password" {...form.getInputProps('again')} />
      <div>
        <Button type="submit" variant="default" loading={busy}>
          {t('settings.changePassword')}
        </Button>
      </div>
    </form>
  );
}

function AccountSection() {
  const { t } = useTranslation();
  const user = useSession((s) => s.user);
  const local = useSession((s) => s.local);
  if (!user) return null;
  return (
    <Section title={t('settings.account')}>
      {local ? (
        <>
          <p>{t('settings.localSession')}</p>
          <p className="quiet">{t('settings.localSessionMore')}</p>
        </>
      ) : (
        <>
          <p>{t('settings.signedInAs', { name: user.name, role: t(`app.role.${user.role}`) })}</p>
          <PasswordForm />
        </>
      )}
    </Section>
  );
}

export function SettingsPage() {
  const { t } = useTranslation();
  const may = useMay('administrator');
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t('settings.title')}</h1>
        <div className="end line">
          <Link href="/settings/analysis">{t('analysis.title')}</Link>
          {may ? <Link href="/storage/encryption">{t('encryption.title')}</Link> : null}
        </div>
      </div>
      <ScreenSection />
      <StationSection />
      <AccountSection />
      {may ? <UsersSection /> : null}
      {may ? <PrivacySection /> : null}
      {/* The longest, and the one that is needed least. */}
      <KeysSection />
    </div>
  );
}

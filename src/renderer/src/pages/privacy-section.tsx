/** Who is given whole video although parts of it are private. */
import { Select } from '@mantine/core';
import { useEffect } from 'react';
import { Role } from '#domain/user.ts';
import { readPrivacy, setPrivacy, usePrivacy } from '../stores/privacy.ts';
import { useTranslation } from '../text/index.ts';
import { tell, tellRefusal } from '../ui/tell.ts';

const strictestFirst = Role.options.toReversed();

export function PrivacySection() {
  const { t } = useTranslation();
  const settings = usePrivacy((s) => s.settings);
  useEffect(() => {
    readPrivacy().catch(tellRefusal);
  }, []);
  return (
    <section className="section">
      <h2>{t('settings.privacy.title')}</h2>
      <div className="stack">
        <p className="quiet">{t('settings.privacy.lead')}</p>
        {settings?.unreadable === true && <p className="fault">{t('settings.privacy.unreadable')}</p>}
        <Select
          className="narrow"
          label={t('settings.privacy.wholeFor')}
          allowDeselect={false}
          disabled={settings === null}
          data={strictestFirst.map((role) => ({ value: role, label: t(`settings.privacy.who.${role}`) }))}
          value={settings === null || settings.unreadable ? null : settings.wholeFor}
          onChange={(value) => {
            const role = Role.safeParse(value);
            if (!role.success) return;
            setPrivacy({ wholeFor: role.data }).then(() => {
              tell(t('settings.saved'));
            }, tellRefusal);
          }}
        />
        <p className="quiet">{t('settings.privacy.rest')}</p>
      </div>
    </section>
  );
}

import { useTranslation } from '../../text/index.ts';
import { EncryptionTab } from './encryption-tab.tsx';

export function EncryptionPage() {
  const { t } = useTranslation();
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t('encryption.title')}</h1>
      </div>
      <EncryptionTab />
    </div>
  );
}

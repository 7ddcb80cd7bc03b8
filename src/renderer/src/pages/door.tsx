import type { ReactNode } from 'react';
import { useTranslation } from '../text/index.ts';
import mark from '../ui/vigie.svg';

/** The plain frame of the pages before anyone is signed in. */
export function Door({ title, lead, children }: { title: string; lead?: string; children?: ReactNode }) {
  const { t } = useTranslation();
  return (
    <main className="door">
      <div className="door-box">
        <div className="door-mark">
          <img src={mark} alt="" />
          {t('app.name')}
        </div>
        <h1>{title}</h1>
        {lead === undefined ? null : <p className="lead">{lead}</p>}
        {children}
      </div>
    </main>
  );
}

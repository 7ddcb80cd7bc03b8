import { Button, Loader } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from '../../text/index.ts';

/** What is going on, and the button that ends it. */
export function BusyLine({ children, onCancel }: { children: ReactNode; onCancel?: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="line">
      <span className="add-state">
        <Loader size={16} aria-hidden="true" />
        {children}
      </span>
      {onCancel ? (
        <Button variant="default" size="compact-sm" onClick={onCancel}>
          {t('app.verb.cancel')}
        </Button>
      ) : null}
    </div>
  );
}

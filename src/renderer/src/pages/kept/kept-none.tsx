import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useTranslation } from '../../text/index.ts';

/** Nothing is kept yet: what will stand here, and the way to where it is made. */
export function KeptNone({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [, go] = useLocation();
  return (
    <div className="blank">
      <p>{children}</p>
      <Button
        variant="default"
        onClick={() => {
          go('/');
        }}
      >
        {t('app.verb.toWall')}
      </Button>
    </div>
  );
}

/** A section of the page that is read from the device: while it is asked, when it refuses, when it has no such thing. */
import { Button, Loader } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Asked } from '../../steer/use-asked.ts';
import { useTranslation } from '../../text/index.ts';

export function AskedPart<T>({
  title,
  asked,
  top,
  children,
}: {
  title: string;
  asked: Asked<T>;
  /** Stands above what is read, also while it is read. */
  top?: ReactNode;
  children: (value: T) => ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <section className="section">
      <h2>{title}</h2>
      <div className="stack">
        {top}
        {asked.reading ? (
          <p className="line quiet" role="status">
            <Loader size={16} aria-hidden="true" />
            {t('deviceSettings.reading')}
          </p>
        ) : null}
        {asked.fault === null ? null : (
          <>
            <p className="fault" role="alert">
              {asked.fault}
            </p>
            <div>
              <Button variant="default" size="compact-sm" onClick={asked.again}>
                {t('app.verb.retry')}
              </Button>
            </div>
          </>
        )}
        {asked.value === null ? null : children(asked.value)}
      </div>
    </section>
  );
}

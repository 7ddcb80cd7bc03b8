/** The frame of a dialog that asks something and does it: what it refuses is said in it, and it closes when it is done. */
import { Button } from '@mantine/core';
import { useCallback, useState, type ReactNode } from 'react';
import { useTranslation } from '../text/index.ts';
import { Dialog } from './dialog.tsx';
import { refusalText } from './refusal.ts';

export function Ask({
  title,
  verb,
  danger = false,
  disabled = false,
  work,
  onClose,
  children,
}: {
  title: string;
  verb: string;
  danger?: boolean;
  disabled?: boolean;
  /** 'stay': what it asked for goes on in another dialog. */
  work: () => Promise<unknown>;
  onClose: () => void;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  // Where nobody says where to begin: in the first field, else where nothing happens.
  const begin = useCallback((form: HTMLFormElement | null) => {
    if (form === null || form.querySelector('[data-autofocus]') !== null) return;
    const first = form.querySelector('input:enabled, textarea:enabled, select:enabled, button[type="button"]');
    first?.setAttribute('data-autofocus', 'true');
  }, []);
  return (
    <Dialog opened onClose={onClose} title={title} centered>
      <form
        ref={begin}
        className="stack"
        onSubmit={(e) => {
          e.preventDefault();
          setBusy(true);
          work().then(
            (next) => {
              if (next !== 'stay') onClose();
            },
            (error: unknown) => {
              setFault(refusalText(error));
              setBusy(false);
            },
          );
        }}
      >
        {children}
        {fault === null ? null : (
          <p className="fault" role="alert">
            {fault}
          </p>
        )}
        <div className="line">
          <Button type="submit" loading={busy} disabled={disabled} {...(danger ? { className: 'danger' } : {})}>
            {verb}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('app.verb.cancel')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** A question before something that cannot be taken back, or one name before something is done. */
import { Button, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../text/index.ts';
import { Dialog } from '../ui/dialog.tsx';
import { refusalText } from '../ui/refusal.ts';

export function Ask(props: {
  title: string;
  text?: string;
  yes: string;
  danger?: boolean;
  /** A field with this label and first value; its text is given to `run`. */
  field?: { label: string; value: string };
  children?: ReactNode;
  /** What it throws is shown; else the dialog closes. */
  run: (value: string) => Promise<void>;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [value, setValue] = useState(props.field?.value ?? '');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const empty = props.field !== undefined && value.trim() === '';
  return (
    <Dialog opened onClose={props.onClose} title={props.title} centered>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault();
          if (empty) return;
          setBusy(true);
          setFault(null);
          props.run(value.trim()).then(props.onClose, (error: unknown) => {
            setFault(error instanceof Refused ? error.message : refusalText(error));
            setBusy(false);
          });
        }}
      >
        {props.text === undefined ? null : <p>{props.text}</p>}
        {props.field ? (
          <TextInput
            data-autofocus
            label={props.field.label}
            maxLength={80}
            value={value}
            onChange={(e) => {
              setValue(e.currentTarget.value);
            }}
          />
        ) : null}
        {props.children}
        {fault === null ? null : (
          <p className="fault" role="alert">
            {fault}
          </p>
        )}
        <div className="line">
          <Button
            type="submit"
            {...(props.danger === true ? { className: 'danger' } : {})}
            loading={busy}
            disabled={empty}
          >
            {props.yes}
          </Button>
          <Button variant="default" onClick={props.onClose} {...(props.field ? {} : { 'data-autofocus': true })}>
            {t('app.verb.cancel')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** A refusal that is told in words already. */
export class Refused extends Error {}

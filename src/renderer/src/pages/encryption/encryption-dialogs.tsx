/** What encryption asks a person before it does it. */
import { Button, TextInput } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { Passphrase } from '#domain/encryption.ts';
import {
  confirmRecoveryKey,
  destroyKey,
  makeRecoveryKey,
  rotateKey,
  setPassphrase,
  switchEncryption,
  unlock,
} from '../../stores/encryption.ts';
import { useTranslation } from '../../text/index.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { PasswordInput } from '../../ui/password-input.tsx';
import { isRefusal, refusalText } from '../../ui/refusal.ts';
import { tell } from '../../ui/tell.ts';

export type Asked =
  | { what: 'on' | 'off' | 'passphrase' | 'no-passphrase' | 'recovery' | 'rotate' | 'unlock' }
  | { what: 'destroy'; keyId: string };

type OfVolume = { volume: number; onClose: () => void };

/** Sends; says what went wrong, or that it is done, and closes. */
function useSend(onClose: () => void) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const send = (work: Promise<void>, done: string, wrong?: string): void => {
    setBusy(true);
    work
      .then(
        () => {
          tell(done);
          onClose();
        },
        (error: unknown) => {
          setFault(wrong !== undefined && isRefusal(error, 'INVALID') ? wrong : refusalText(error));
        },
      )
      .finally(() => {
        setBusy(false);
      });
  };
  return { busy, fault, setFault, send };
}

function Fault({ children }: { children: string | null }) {
  return children === null ? null : (
    <p className="fault" role="alert">
      {children}
    </p>
  );
}

function Question(
  props: OfVolume & {
    title: string;
    children: ReactNode;
    verb: string;
    danger?: boolean;
    work: () => Promise<void>;
    done: string;
  },
) {
  const { t } = useTranslation();
  const { busy, fault, send } = useSend(props.onClose);
  return (
    <Dialog opened onClose={props.onClose} title={props.title} centered>
      <div className="stack">
        {props.children}
        <Fault>{fault}</Fault>
        <div className="line">
          <Button
            {...(props.danger === true && { className: 'danger' })}
            loading={busy}
            onClick={() => {
              send(props.work(), props.done);
            }}
          >
            {props.verb}
          </Button>
          <Button variant="default" data-autofocus onClick={props.onClose}>
            {t('app.verb.cancel')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function PassphraseForm({ volume, onClose }: OfVolume) {
  const { t } = useTranslation();
  const { busy, fault, setFault, send } = useSend(onClose);
  const [text, setText] = useState('');
  const [again, setAgain] = useState('');
  return (
    <Dialog opened onClose={onClose} title={t('encryption.passphrase.title')} centered>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault();
          if (!Passphrase.safeParse(text).success) setFault(t('encryption.passphrase.short', { count: text.length }));
          else if (text !== again) setFault(t('encryption.passphrase.differ'));
          else send(setPassphrase(volume, text), t('encryption.passphrase.done'));
        }}
      >
        <p>{t('encryption.passphrase.text')}</p>
        <PasswordInput
          label={t('encryption.passphrase.label')}
          description={t('encryption.passphrase.hint')}
          data-autofocus
          autoComplete="new-password"
          maxLength={256}
          value={text}
          onChange={(e) => {
            setText(e.currentTarget.value);
          }}
        />
        <PasswordInput
          label={t('encryption.passphrase.again')}
          autoComplete="new-password"
          maxLength={256}
          value={again}
          onChange={(e) => {
            setAgain(e.currentTarget.value);
          }}
        />
        <Fault>{fault}</Fault>
        <Button type="submit" loading={busy}>
          {t('app.verb.save')}
        </Button>
      </form>
    </Dialog>
  );
}

function RecoveryKey({ volume, onClose }: OfVolume) {
  const { t } = useTranslation();
  const { busy, fault, setFault, send } = useSend(onClose);
  const [key, setKey] = useState<string | null>(null);
  const [ending, setEnding] = useState('');
  useEffect(() => {
    let gone = false;
    makeRecoveryKey(volume).then(
      (made) => {
        if (!gone) setKey(made);
      },
      (error: unknown) => {
        if (!gone) setFault(refusalText(error));
      },
    );
    return () => {
      gone = true;
    };
  }, [volume, setFault]);
  return (
    <Dialog opened onClose={onClose} title={t('encryption.recovery.title')} centered closeOnClickOutside={false}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault();
          send(confirmRecoveryKey(volume, ending), t('encryption.recovery.done'), t('encryption.recovery.wrong'));
        }}
      >
        <p>{t('encryption.recovery.text')}</p>
        <p className="recovery-key mono" aria-label={t('encryption.recovery.label')}>
          {key ?? '…'}
        </p>
        <div>
          <Button
            variant="default"
            disabled={key === null}
            onClick={() => {
              if (key === null) return;
              navigator.clipboard.writeText(key).then(
                () => {
                  tell(t('encryption.recovery.copied'));
                },
                () => {
                  setFault(t('encryption.recovery.notCopied'));
                },
              );
            }}
          >
            {t('encryption.recovery.copy')}
          </Button>
        </div>
        <TextInput
          label={t('encryption.recovery.ending')}
          description={t('encryption.recovery.endingHint')}
          autoComplete="off"
          spellCheck={false}
          maxLength={20}
          value={ending}
          onChange={(e) => {
            setEnding(e.currentTarget.value);
          }}
        />
        <Fault>{fault}</Fault>
        <Button type="submit" loading={busy} disabled={key === null}>
          {t('encryption.recovery.confirm')}
        </Button>
      </form>
    </Dialog>
  );
}

function Unlock({ volume, onClose }: OfVolume) {
  const { t } = useTranslation();
  const { busy, fault, send } = useSend(onClose);
  const [text, setText] = useState('');
  return (
    <Dialog opened onClose={onClose} title={t('encryption.unlock.title')} centered>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault();
          // A recovery key has a form of its own; all else is a passphrase.
          const isKey = /^([0-9a-z]{4}[\s-]?){8}$/i.test(text.trim());
          const by = isKey ? { recoveryKey: text.trim() } : { passphrase: text };
          send(unlock(volume, by), t('encryption.unlock.done'), t('encryption.unlock.wrong'));
        }}
      >
        <p>{t('encryption.unlock.text')}</p>
        <PasswordInput
          label={t('encryption.unlock.label')}
          data-autofocus
          autoComplete="off"
          maxLength={256}
          value={text}
          onChange={(e) => {
            setText(e.currentTarget.value);
          }}
        />
        <Fault>{fault}</Fault>
        <Button type="submit" loading={busy} disabled={text === ''}>
          {t('encryption.unlock.verb')}
        </Button>
      </form>
    </Dialog>
  );
}

const shownId = (keyId: string): string => keyId.slice(0, 4).toUpperCase();

function Destroy({ volume, keyId, onClose }: OfVolume & { keyId: string }) {
  const { t } = useTranslation();
  const { busy, fault, send } = useSend(onClose);
  const [typed, setTyped] = useState('');
  return (
    <Dialog opened onClose={onClose} title={t('encryption.destroy.title', { key: shownId(keyId) })} centered>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault();
          send(destroyKey(volume, keyId), t('encryption.destroy.done'));
        }}
      >
        <p>{t('encryption.destroy.text')}</p>
        <p className="quiet">{t('encryption.destroy.copies')}</p>
        <TextInput
          label={t('encryption.destroy.type', { key: shownId(keyId) })}
          data-autofocus
          autoComplete="off"
          value={typed}
          onChange={(e) => {
            setTyped(e.currentTarget.value);
          }}
        />
        <Fault>{fault}</Fault>
        <Button
          type="submit"
          className="danger"
          loading={busy}
          disabled={typed.trim().toUpperCase() !== shownId(keyId)}
        >
          {t('encryption.destroy.verb')}
        </Button>
      </form>
    </Dialog>
  );
}

export function EncryptionDialog({ asked, volume, onClose }: OfVolume & { asked: Asked }) {
  const { t } = useTranslation();
  const of = { volume, onClose };
  switch (asked.what) {
    case 'on':
      return (
        <Question
          {...of}
          title={t('encryption.on.title')}
          verb={t('encryption.on.verb')}
          work={() => switchEncryption(volume, true)}
          done={t('encryption.on.done')}
        >
          <p>{t('encryption.on.text')}</p>
          <p>{t('encryption.on.risk')}</p>
        </Question>
      );
    case 'off':
      return (
        <Question
          {...of}
          title={t('encryption.off.title')}
          verb={t('encryption.off.verb')}
          work={() => switchEncryption(volume, false)}
          done={t('encryption.off.done')}
        >
          <p>{t('encryption.off.text')}</p>
        </Question>
      );
    case 'rotate':
      return (
        <Question
          {...of}
          title={t('encryption.rotate.title')}
          verb={t('encryption.rotate.verb')}
          work={() => rotateKey(volume)}
          done={t('encryption.rotate.done')}
        >
          <p>{t('encryption.rotate.text')}</p>
        </Question>
      );
    case 'no-passphrase':
      return (
        <Question
          {...of}
          title={t('encryption.passphrase.removeTitle')}
          verb={t('app.verb.remove')}
          danger
          work={() => setPassphrase(volume, null)}
          done={t('encryption.passphrase.removed')}
        >
          <p>{t('encryption.passphrase.removeText')}</p>
        </Question>
      );
    case 'passphrase':
      return <PassphraseForm {...of} />;
    case 'recovery':
      return <RecoveryKey {...of} />;
    case 'unlock':
      return <Unlock {...of} />;
    case 'destroy':
      return <Destroy {...of} keyId={asked.keyId} />;
  }
}

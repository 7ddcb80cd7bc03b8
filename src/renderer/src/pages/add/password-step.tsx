import { Button, TextInput } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from '../../text/index.ts';
import { Mark } from '../../ui/mark.tsx';
import { PasswordInput } from '../../ui/password-input.tsx';
import { Print } from '../../ui/print.tsx';
import { TableScroll } from '../../ui/table-scroll.tsx';
import { BusyLine } from './busy-line.tsx';
import { askDevices, choose, type Chosen, setOwn, setShared, stopAsking, useChosen } from './chosen.ts';
import { addressOf, modelOf } from './arrange-found.ts';
import { nameOfFound } from './words.ts';

function AnswerCell({ entry }: { entry: Chosen }) {
  const { t } = useTranslation();
  const { answer } = entry;
  switch (answer.step) {
    case 'idle':
      return <Mark tone="off">{t('finding.password.idle')}</Mark>;
    case 'asking':
      return <BusyLine>{t('finding.password.busy')}</BusyLine>;
    case 'fault':
      return (
        <>
          <Mark tone="bad">{t('finding.password.failed')}</Mark>
          <p>{answer.text}</p>
        </>
      );
    case 'refused':
      return (
        <>
          <Mark tone="bad">{t(`finding.password.short.${answer.trouble}`)}</Mark>
          <p>{t(`device.trouble.${answer.trouble}`)}</p>
          {answer.trouble === 'credentials-refused' ? (
            <p className="quiet">{t('finding.password.once')}</p>
          ) : answer.detail === '' ? null : (
            <p className="quiet mono">{answer.detail}</p>
          )}
        </>
      );
    case 'fine': {
      const { look } = answer;
      return (
        <>
          <Mark tone="ok">{t('finding.password.fine')}</Mark>
          {look.cameras.length === 1 ? null : (
            <p className="quiet">{t('finding.password.gives', { count: look.cameras.length })}</p>
          )}
          {look.certificate === null ? null : (
            <p className="add-print">
              {t('finding.password.certificate')}
              {t('app.sign.colon')}
              <Print pin={look.certificate} />
              <br />
              {t('finding.password.certificateHint')}
            </p>
          )}
        </>
      );
    }
  }
}

function CredentialsCell({ entry }: { entry: Chosen }) {
  const { t } = useTranslation();
  const { device, own, answer } = entry;
  const name = nameOfFound(device);
  if (answer.step === 'fine' || answer.step === 'asking')
    return <span className="quiet">{own ? own.username : t('finding.password.forAll')}</span>;
  if (own === null)
    return (
      <Button
        variant="default"
        size="compact-sm"
        aria-label={t('finding.password.ownFor', { name })}
        onClick={() => {
          setOwn(device.url, {});
        }}
      >
        {t('finding.password.own')}
      </Button>
    );
  return (
    <form
      className="add-own"
      onSubmit={(e) => {
        e.preventDefault();
        void askDevices([device.url]);
      }}
    >
      <TextInput
        aria-label={t('finding.password.ownUser', { name })}
        placeholder={t('cameras.form.username')}
        autoComplete="off"
        spellCheck={false}
        maxLength={128}
        value={own.username}
        onChange={(e) => {
          setOwn(device.url, { username: e.currentTarget.value });
        }}
      />
      <PasswordInput
        aria-label={t('finding.password.ownPassword', { name })}
        placeholder={t('cameras.form.password')}
        autoComplete="new-password"
        maxLength={256}
        autoFocus
        value={own.password}
        onChange={(e) => {
          setOwn(device.url, { password: e.currentTarget.value });
        }}
      />
      <Button type="submit" variant="default" aria-label={t('finding.password.askOneFor', { name })}>
        {t('finding.password.askOne')}
      </Button>
      <button
        type="button"
        className="tool"
        onClick={() => {
          setOwn(device.url, null);
        }}
      >
        {t('finding.password.sharedAgain')}
      </button>
    </form>
  );
}

/** One user and password for all chosen devices, or one of its own for each; every device is asked once per order. */
export function PasswordStep({ onAllFine }: { onAllFine: () => void }) {
  const { t } = useTranslation();
  const { chosen, shared } = useChosen();
  const entries = [...chosen.values()];
  const asking = entries.filter((e) => e.answer.step === 'asking').length;
  const fine = entries.filter((e) => e.answer.step === 'fine').length;
  const allFine = entries.length > 0 && fine === entries.length;
  // The same wrong pair would only bring a camera nearer to locking.
  const wrongAlready = ({ answer, used }: Chosen): boolean =>
    answer.step === 'refused' &&
    answer.trouble === 'credentials-refused' &&
    used.username === shared.username &&
    used.password === shared.password;
  const askable = entries.filter((e) => e.own === null && e.answer.step !== 'fine' && !wrongAlready(e));
  const askShared = (): void => {
    void askDevices(askable.map((e) => e.device.url));
  };
  // The moment all answer, Enter goes on.
  const told = useRef(allFine);
  useEffect(() => {
    if (allFine && !told.current) onAllFine();
    told.current = allFine;
  }, [allFine, onAllFine]);
  return (
    <>
      <p className="add-lead">{t('finding.password.lead')}</p>
      <form
        className="add-shared"
        onSubmit={(e) => {
          e.preventDefault();
          askShared();
        }}
      >
        <TextInput
          label={t('finding.password.user')}
          autoFocus
          autoComplete="off"
          spellCheck={false}
          maxLength={128}
          value={shared.username}
          onChange={(e) => {
            setShared({ username: e.currentTarget.value });
          }}
        />
        <PasswordInput
          label={t('finding.password.password')}
          autoComplete="new-password"
          maxLength={256}
          value={shared.password}
          onChange={(e) => {
            setShared({ password: e.currentTarget.value });
          }}
        />
        <Button type="submit" disabled={asking > 0 || askable.length === 0}>
          {t('finding.password.ask')}
        </Button>
      </form>
      <div role="status" className="add-tools">
        {asking > 0 ? (
          <BusyLine onCancel={stopAsking}>{t('finding.password.asking', { count: asking })}</BusyLine>
        ) : fine > 0 ? (
          <span>
            <strong>{t('finding.password.some', { fine, count: entries.length })}</strong>
            {allFine ? null : <span className="quiet"> · {t('finding.password.rest')}</span>}
          </span>
        ) : null}
      </div>
      <TableScroll label={t('finding.password.caption')}>
        <table className="table add-answers add-asked">
          <caption className="away">{t('finding.password.caption')}</caption>
          <thead>
            <tr>
              <th>{t('finding.password.camera')}</th>
              <th>{t('finding.list.address')}</th>
              <th>{t('finding.password.state')}</th>
              <th>{t('finding.password.credentials')}</th>
              <th>
                <span className="away">{t('cameras.column.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <tr key={entry.device.url} data-answer={entry.answer.step}>
                <td>
                  <strong>{nameOfFound(entry.device)}</strong>
                  <div className="quiet">{modelOf(entry.device)}</div>
                </td>
                <td className="tight">{addressOf(entry.device)}</td>
                <td>
                  <AnswerCell entry={entry} />
                </td>
                <td>
                  <CredentialsCell entry={entry} />
                </td>
                <td className="end">
                  <button
                    type="button"
                    className="tool"
                    aria-label={t('finding.password.leaveOutFor', { name: nameOfFound(entry.device) })}
                    onClick={() => {
                      choose([entry.device], false);
                    }}
                  >
                    {t('finding.password.leaveOut')}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableScroll>
    </>
  );
}

/** A device's own commands (light, wiper …) and its outputs. */
import { Checkbox, TextInput } from '@mantine/core';
import { Pencil } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { CameraView } from '#domain/camera.ts';
import type { Relay } from '#domain/device.ts';
import {
  loadRelayNames,
  nameRelay,
  readRelays,
  relayKey,
  sendAuxiliary,
  setRelay,
  useRelayNames,
  type RelayName,
} from '../stores/device.ts';
import { durationOf } from '../text/format.ts';
import { useTranslation } from '../text/index.ts';
import { tell, tellRefusal } from '../ui/tell.ts';
import { Ask } from './ask.tsx';
import { extrasOf, type Extra } from './auxiliary.ts';
import { useAsked } from './use-asked.ts';

export function Extras({ camera, commands }: { camera: CameraView; commands: readonly string[] }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState<string | null>(null);
  const [sent, setSent] = useState<Readonly<Record<string, string>>>({});
  const extras = extrasOf(commands);
  if (extras.length === 0) return null;
  const nameOf = (extra: Extra): string => (extra.known === null ? extra.name : t(`steer.extra.${extra.known}`));
  const wordOf = (extra: Extra, c: Extra['commands'][number]): string =>
    c.does === 'on'
      ? t('steer.on')
      : c.does === 'off'
        ? t('steer.off')
        : c.does === 'auto'
          ? t('steer.auto')
          : c.word === ''
            ? nameOf(extra)
            : c.word;
  return (
    <section className="steer-part">
      <h3>{t('steer.extras')}</h3>
      <div className="steer-extras">
        {extras.map((extra) => (
          <div key={extra.name} role="group" aria-label={nameOf(extra)}>
            <span>{nameOf(extra)}</span>
            <span className="steer-choice">
              {extra.commands.map((c) => (
                <button
                  key={c.command}
                  type="button"
                  aria-pressed={extra.commands.length > 1 ? sent[extra.name] === c.command : undefined}
                  disabled={busy === c.command}
                  onClick={() => {
                    setBusy(c.command);
                    sendAuxiliary(camera.id, c.command)
                      .then(() => {
                        setSent((was) => ({ ...was, [extra.name]: c.command }));
                        tell(t('steer.sent', { what: `${nameOf(extra)} ${wordOf(extra, c)}` }));
                      }, tellRefusal)
                      .finally(() => {
                        setBusy(null);
                      });
                  }}
                >
                  {wordOf(extra, c)}
                </button>
              ))}
            </span>
          </div>
        ))}
      </div>
    </section>
  );
}

/** Until a person says otherwise an output may be a door. */
const unnamed: RelayName = { label: '', asks: true };

function NameRelay({
  label,
  name,
  onClose,
  onName,
}: {
  label: string;
  name: RelayName;
  onClose: () => void;
  onName: (name: RelayName) => void;
}) {
  const { t } = useTranslation();
  const [words, setWords] = useState(name.label);
  const [asks, setAsks] = useState(name.asks);
  return (
    <Ask
      title={label}
      yes={t('app.verb.save')}
      onClose={onClose}
      run={() => {
        onName({ label: words.trim(), asks });
        return Promise.resolve();
      }}
    >
      <TextInput
        label={t('steer.relayLabel')}
        maxLength={40}
        value={words}
        onChange={(e) => {
          setWords(e.currentTarget.value);
        }}
      />
      <Checkbox
        label={t('steer.relayAsks')}
        checked={asks}
        onChange={(e) => {
          setAsks(e.currentTarget.checked);
        }}
      />
    </Ask>
  );
}

function Output({ camera, relay, n }: { camera: CameraView; relay: Relay; n: number }) {
  const { t } = useTranslation();
  const key = relayKey(camera.id, relay.token);
  const name = useRelayNames((s) => s.names[key]) ?? unnamed;
  const [naming, setNaming] = useState(false);
  const [asked, setAsked] = useState<boolean | null>(null);
  const label = name.label === '' ? t('steer.relay', { n }) : name.label;
  const act = async (on: boolean): Promise<void> => {
    await setRelay(camera.id, relay.token, on);
    tell(t('steer.sent', { what: `${label} ${on ? t('steer.on') : t('steer.off')}` }));
  };
  const wish = (on: boolean): void => {
    if (name.asks) setAsked(on);
    else act(on).catch(tellRefusal);
  };
  const pulse =
    relay.mode === 'monostable'
      ? relay.delayMs === null
        ? t('steer.relayOn')
        : t('steer.relayPulse', { time: durationOf(Math.max(1000, relay.delayMs)) })
      : null;
  return (
    <div role="group" aria-label={label}>
      <span>{label}</span>
      <button
        type="button"
        className="tool"
        aria-label={`${label}${t('app.sign.colon')}${t('steer.relayName')}`}
        onClick={() => {
          setNaming(true);
        }}
      >
        <Pencil size={13} aria-hidden="true" />
      </button>
      <span className="steer-choice">
        <button
          type="button"
          onClick={() => {
            wish(true);
          }}
        >
          {pulse ?? t('steer.on')}
        </button>
        {pulse === null ? (
          <button
            type="button"
            onClick={() => {
              wish(false);
            }}
          >
            {t('steer.off')}
          </button>
        ) : null}
      </span>
      {naming ? (
        <NameRelay
          label={label}
          name={name}
          onName={(next) => {
            nameRelay(key, next);
          }}
          onClose={() => {
            setNaming(false);
          }}
        />
      ) : null}
      {asked === null ? null : (
        <Ask
          danger
          title={t('steer.relayAsk', { name: label })}
          text={t('steer.relayAskText')}
          yes={asked ? (pulse ?? t('steer.relayOn')) : t('steer.relayOff')}
          run={() => act(asked)}
          onClose={() => {
            setAsked(null);
          }}
        />
      )}
    </div>
  );
}

export function Outputs({ camera }: { camera: CameraView }) {
  const { t } = useTranslation();
  const relays = useAsked(camera.id, (signal) => readRelays(camera.id, signal));
  useEffect(() => {
    void loadRelayNames();
  }, []);
  return (
    <section className="steer-part">
      <h3>{t('steer.relays')}</h3>
      {relays.fault === null ? null : (
        <p className="fault" role="alert">
          {relays.fault}
        </p>
      )}
      <div className="steer-extras">
        {(relays.value ?? []).map((relay, i) => (
          <Output key={relay.token} camera={camera} relay={relay} n={i + 1} />
        ))}
      </div>
    </section>
  );
}

/** Which key does what, and choosing another. */
import { Button } from '@mantine/core';
import { RotateCcw } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { chooseKey, resetKeys, useChosenKeys } from '../stores/keys.ts';
import { useTranslation } from '../text/index.ts';
import { chordOf, chordRefusal, isModifier, pressOf } from '../ui/chord.ts';
import { actionsOf, clashOf, keyActions, keyFor, partsOfKeys, type KeyAction } from '../ui/key-actions.ts';
import { keyParts, keyText } from '../ui/key-words.ts';

type Refusal = { action: KeyAction; text: string };

const swallow = (e: KeyboardEvent): void => {
  e.preventDefault();
};

/** Takes the next press for `action`, before anything else hears it. Escape leaves all as it was. */
function useRecorder(action: KeyAction | null, done: (refusal: Refusal | null) => void): void {
  const { t } = useTranslation();
  useEffect(() => {
    if (action === null) return;
    const onKey = (e: KeyboardEvent): void => {
      const press = pressOf(e);
      if (isModifier(press)) return;
      // Tab goes on to the next button: nobody is caught in here.
      if (e.key === 'Tab') {
        done(null);
        return;
      }
      e.preventDefault();
      e.stopImmediatePropagation();
      // The release of Space or Enter would press the button again.
      window.addEventListener('keyup', swallow, { capture: true, once: true });
      if (e.key === 'Escape') {
        done(null);
        return;
      }
      const chord = chordOf(press);
      const why = chord === null ? 'browser' : chordRefusal(chord);
      if (chord === null || why !== null) {
        const key = chord === null ? e.key : keyText(chord);
        done({ action, text: t(`settings.keys.${why ?? 'browser'}`, { key }) });
        return;
      }
      const other = clashOf(useChosenKeys.getState().chosen, action, chord);
      if (other !== null) {
        done({
          action,
          text: t('settings.keys.clash', { key: keyText(chord), other: t(`wall.help.action.${other}`) }),
        });
        return;
      }
      chooseKey(action, chord);
      done(null);
    };
    window.addEventListener('keydown', onKey, { capture: true });
    return () => {
      window.removeEventListener('keydown', onKey, { capture: true });
    };
  }, [action, done, t]);
}

function Row(props: {
  action: KeyAction;
  recording: boolean;
  refusal: Refusal | null;
  onRecord: (on: boolean) => void;
}) {
  const { t } = useTranslation();
  const { action, recording } = props;
  const chosen = useChosenKeys((s) => s.chosen);
  const chord = keyFor(chosen, action);
  const usual = keyActions[action].chord;
  const name = t(`wall.help.action.${action}`);
  const back = clashOf(chosen, action, usual);
  const refusal = props.refusal?.action === action ? props.refusal.text : null;
  return (
    <tr>
      <th scope="row">
        {name}
        {refusal === null ? null : (
          <p className="fault" role="alert">
            {refusal}
          </p>
        )}
      </th>
      <td>
        <button
          type="button"
          className="key-pick"
          data-recording={recording}
          aria-label={recording ? t('settings.keys.press') : t('settings.keys.pick', { name, key: keyText(chord) })}
          onClick={() => {
            props.onRecord(!recording);
          }}
          onBlur={() => {
            if (recording) props.onRecord(false);
          }}
        >
          {recording ? t('settings.keys.press') : keyParts(chord).map((part) => <kbd key={part}>{part}</kbd>)}
        </button>
      </td>
      <td className="end">
        {chord === usual ? null : (
          <button
            type="button"
            className="tool"
            disabled={back !== null}
            title={t('settings.keys.back', { key: keyText(usual) })}
            aria-label={`${name}${t('app.sign.colon')}${t('settings.keys.back', { key: keyText(usual) })}`}
            onClick={() => {
              chooseKey(action, usual);
            }}
          >
            <RotateCcw size={15} aria-hidden="true" />
          </button>
        )}
      </td>
    </tr>
  );
}

export function KeysSection() {
  const { t } = useTranslation();
  const changed = useChosenKeys((s) => Object.keys(s.chosen).length > 0);
  const [recording, setRecording] = useState<KeyAction | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [done] = useState(() => (refused: Refusal | null) => {
    setRecording(null);
    setRefusal(refused);
  });
  useRecorder(recording, done);
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    const page = section.current?.closest('main');
    if (location.hash !== '#keys' || !page || !section.current) return;
    page.scrollTop += section.current.getBoundingClientRect().top - page.getBoundingClientRect().top;
  }, []);
  return (
    <section className="section" ref={section}>
      <h2>{t('settings.keys.title')}</h2>
      <div className="stack">
        <p className="quiet">{t('settings.keys.lead')}</p>
        {partsOfKeys.map((part) => (
          <table className="table keys-table" key={part}>
            <caption>{t(`wall.help.${part}`)}</caption>
            <tbody>
              {actionsOf(part).map((action) => (
                <Row
                  key={action}
                  action={action}
                  recording={recording === action}
                  refusal={refusal}
                  onRecord={(on) => {
                    setRecording(on ? action : null);
                    setRefusal(null);
                  }}
                />
              ))}
            </tbody>
          </table>
        ))}
        {changed ? (
          <div>
            <Button
              variant="default"
              onClick={() => {
                resetKeys();
                setRefusal(null);
              }}
            >
              {t('settings.keys.reset')}
            </Button>
          </div>
        ) : null}
      </div>
    </section>
  );
}

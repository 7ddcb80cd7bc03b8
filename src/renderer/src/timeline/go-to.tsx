/** A moment typed by a person, with what it will jump to shown while it is typed. */
import { useLayoutEffect, useId, useRef, useState } from 'react';
import { stationNowMs } from '../client/index.ts';
import { useScreen } from '../stores/screen.ts';
import { locale, useTranslation } from '../text/index.ts';
import type { Labels } from './labels.ts';
import { playheadMs } from './pointer.ts';
import { isDayFirst, parseTime } from './time-parse.ts';
import type { TimeZone } from '#domain/time-zone.ts';

export function GoTo({
  zone,
  labels,
  onGo,
}: {
  zone: TimeZone;
  labels: Labels;
  onGo(atMs: number, live: boolean): void;
}) {
  const { t } = useTranslation();
  const language = useScreen((s) => s.language);
  const [text, setText] = useState('');
  const [inside, setInside] = useState(false);
  /** Both moments of a clock time that comes twice; null: nothing is asked. */
  const [asked, setAsked] = useState<readonly [number, number] | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const hint = useId();
  const parse = () =>
    parseTime(text, { language, zone, nowMs: stationNowMs(), atMs: playheadMs(), dayFirst: isDayFirst(locale()) });
  const parsed = parse();
  const wrong = !parsed.ok && parsed.reason !== 'empty';
  const words = parsed.ok
    ? parsed.live
      ? t('timeline.goLiveTo')
      : t(parsed.again === null ? 'timeline.goTo' : 'timeline.goTwice', { time: labels.full(parsed.atMs) })
    : parsed.reason === 'empty'
      ? t('timeline.goHint')
      : t(parsed.reason === 'future' ? 'timeline.goFuture' : 'timeline.goUnknown');
  return (
    <form
      className="tl-goto"
      onSubmit={(e) => {
        e.preventDefault();
        const now = parse();
        if (!now.ok) return;
        if (now.again !== null) {
          setAsked([now.atMs, now.again]);
          return;
        }
        onGo(now.atMs, now.live);
        setText('');
      }}
    >
      <input
        ref={input}
        type="text"
        value={text}
        placeholder={t('timeline.go')}
        aria-label={t('timeline.go')}
        aria-describedby={hint}
        aria-invalid={wrong}
        autoComplete="off"
        spellCheck={false}
        maxLength={60}
        onChange={(e) => {
          setText(e.target.value);
          setAsked(null);
        }}
        onFocus={() => {
          setInside(true);
        }}
        onBlur={() => {
          setInside(false);
        }}
        onKeyDown={(e) => {
          if (e.key !== 'Escape') return;
          setText('');
          // To where the keys of the wall are at home.
          const tile = document.querySelector<HTMLElement>('.tile[tabindex="0"]');
          if (tile) tile.focus();
          else e.currentTarget.blur();
        }}
      />
      <output id={hint} className="tl-goto-hint" data-wrong={wrong || undefined} hidden={!inside || asked !== null}>
        {words}
      </output>
      {asked === null ? null : (
        <WhichOfTwo
          moments={asked}
          labels={labels}
          onChoose={(atMs) => {
            setAsked(null);
            setText('');
            onGo(atMs, false);
          }}
          onLeave={(back) => {
            setAsked(null);
            if (back) input.current?.focus();
          }}
        />
      )}
    </form>
  );
}

/** The clocks were set back: the time that was typed came twice. */
function WhichOfTwo(props: {
  moments: readonly [number, number];
  labels: Labels;
  onChoose(atMs: number): void;
  /** `back`: to what was typed. */
  onLeave(back: boolean): void;
}) {
  const { t } = useTranslation();
  const { moments, labels } = props;
  const first = useRef<HTMLButtonElement>(null);
  // Before it is drawn: a key that follows at once is meant for it.
  useLayoutEffect(() => {
    first.current?.focus();
  }, []);
  const name = t('timeline.whichOfTwo', { time: labels.full(moments[0]) });
  return (
    <div
      role="group"
      aria-label={name}
      className="tl-goto-hint tl-goto-two"
      onBlur={(e) => {
        if (!e.currentTarget.contains(e.relatedTarget)) props.onLeave(false);
      }}
      onKeyDown={(e) => {
        if (e.key !== 'Escape') return;
        e.stopPropagation();
        props.onLeave(true);
      }}
    >
      <span>{name}</span>
      {(['goFirst', 'goSecond'] as const).map((which, i) => {
        const atMs = moments[i] ?? 0;
        return (
          <button
            key={which}
            ref={i === 0 ? first : null}
            type="button"
            className="tool"
            onClick={() => {
              props.onChoose(atMs);
            }}
          >
            {t(`timeline.${which}`, { zone: labels.zone(atMs) })}
          </button>
        );
      })}
    </div>
  );
}

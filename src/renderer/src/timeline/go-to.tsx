/** A moment typed by a person, with what it will jump to shown while it is typed. */
import { useId, useState } from 'react';
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
  const hint = useId();
  const parse = () =>
    parseTime(text, { language, zone, nowMs: stationNowMs(), atMs: playheadMs(), dayFirst: isDayFirst(locale()) });
  const parsed = parse();
  const wrong = !parsed.ok && parsed.reason !== 'empty';
  const words = parsed.ok
    ? parsed.live
      ? t('timeline.goLiveTo')
      : t('timeline.goTo', { time: labels.full(parsed.atMs) })
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
        onGo(now.atMs, now.live);
        setText('');
      }}
    >
      <input
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
          e.currentTarget.blur();
        }}
      />
      <output id={hint} className="tl-goto-hint" data-wrong={wrong || undefined} hidden={!inside}>
        {words}
      </output>
    </form>
  );
}

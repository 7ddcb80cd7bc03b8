import { Button, Loader } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { drawStill } from '../../player/still.ts';
import { type ProbeAnswer, probeCamera } from '../../stores/cameras.ts';
import { useTranslation } from '../../text/index.ts';
import { refusalText } from '../../ui/refusal.ts';
import { createTurns } from './turns.ts';

export type StreamTest =
  | { step: 'testing' }
  | { step: 'answer'; answer: ProbeAnswer }
  | { step: 'fault'; text: string };

/** A station on a small machine takes a few pictures at a time. */
const turns = createTurns(3);

/** Tries a stream once; `null` as address: nothing to try. `turn`: another number tries again. */
export function useStreamTest(
  url: string | null,
  credentials: { username: string | null; password: string | null },
  turn: number,
): StreamTest {
  const { username, password } = credentials;
  const key = `${url ?? ''} ${String(turn)}`;
  const [test, setTest] = useState<{ key: string; test: StreamTest }>({ key: '', test: { step: 'testing' } });
  useEffect(() => {
    if (url === null) return;
    const abort = new AbortController();
    const { signal } = abort;
    turns(() => probeCamera({ url, username, password }, signal), signal).then(
      (answer) => {
        if (!signal.aborted) setTest({ key, test: { step: 'answer', answer } });
      },
      (error: unknown) => {
        if (!signal.aborted) setTest({ key, test: { step: 'fault', text: refusalText(error) } });
      },
    );
    return () => {
      abort.abort();
    };
  }, [key, url, username, password]);
  return test.key === key ? test.test : { step: 'testing' };
}

function Canvas({
  answer,
  label,
  onUndecodable,
}: {
  answer: Extract<ProbeAnswer, { ok: true }>;
  label: string;
  onUndecodable: () => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [drawn, setDrawn] = useState(false);
  const tell = useRef(onUndecodable);
  useEffect(() => {
    tell.current = onUndecodable;
  });
  useEffect(() => {
    let gone = false;
    const done = (ok: boolean): void => {
      if (gone) return;
      setDrawn(ok);
      if (!ok) tell.current();
    };
    if (canvas.current) drawStill(answer, canvas.current).then(done, () => done(false));
    return () => {
      gone = true;
    };
  }, [answer]);
  return <canvas ref={canvas} role="img" aria-label={label} data-drawn={drawn} />;
}

/** A key frame of the main stream, of the small one where this PC cannot decode the main, or why there is none. */
export function Still({
  name,
  main,
  sub,
  untrusted,
  onAgain,
}: {
  name: string;
  main: StreamTest;
  sub: StreamTest | null;
  /** A host that nobody has trusted yet: nothing is asked for there. */
  untrusted: string | null;
  onAgain: () => void;
}) {
  const { t } = useTranslation();
  const [failed, setFailed] = useState<ReadonlySet<ProbeAnswer>>(new Set());
  const label = t('finding.name.picture', { name });
  const note = (text: string, again: boolean) => (
    <div className="add-picture">
      <div className="note">
        <span>{text}</span>
        {again ? (
          <Button variant="default" size="compact-sm" onClick={onAgain}>
            {t('finding.name.tryAgain')}
          </Button>
        ) : null}
      </div>
    </div>
  );
  const canvas = (answer: Extract<ProbeAnswer, { ok: true }>) => (
    <div className="add-picture">
      <Canvas
        key={`${answer.video.codec} ${String(answer.video.width)}`}
        answer={answer}
        label={label}
        onUndecodable={() => {
          setFailed((was) => new Set(was).add(answer));
        }}
      />
    </div>
  );
  if (untrusted !== null) return note(t('finding.name.untrusted', { host: untrusted }), false);
  if (main.step === 'fault') return note(main.text, true);
  if (main.step === 'testing')
    return (
      <div className="add-picture">
        <div className="note" role="status">
          <Loader size={18} aria-hidden="true" />
          <span>{t('finding.name.taking')}</span>
        </div>
      </div>
    );
  const { answer } = main;
  if (!answer.ok) return note(t(`trouble.long.${answer.trouble}`), true);
  if (!failed.has(answer)) return canvas(answer);
  if (sub?.step === 'answer' && sub.answer.ok && !failed.has(sub.answer))
    return (
      <>
        {canvas(sub.answer)}
        <p className="quiet">{t('finding.name.ofSub')}</p>
      </>
    );
  return note(t('finding.name.noPicture'), false);
}

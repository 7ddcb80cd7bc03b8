/** Push to talk: the microphone is open while something is held, and never longer. */
import { useEffect, useState } from 'react';
import type { CameraView } from '#domain/camera.ts';
import { followTalkers, openTalk, silentTalk, useTalk, type TalkLine } from '../stores/talk.ts';
import { t } from '../text/index.ts';
import { tell } from '../ui/tell.ts';
import { MicrophoneError, openMicrophone } from './microphone.ts';

export type Talk = {
  /** Talks to a camera until the answer is called. */
  hold(camera: CameraView): () => void;
  end(): void;
};

/** Who waited so long for the microphone was asked for leave, and has let go by now. */
const askedMs = 800;

export function createTalk(keyName: () => string): Talk {
  let now: { end: () => void } | null = null;
  function hold(camera: CameraView): () => void {
    now?.end();
    const { id } = camera;
    let over = false;
    let closeMicrophone: () => void = () => undefined;
    let line: TalkLine | null = null;
    const end = (): void => {
      if (over) return;
      over = true;
      closeMicrophone();
      line?.close();
      if (now === mine) now = null;
      useTalk.setState((s) => ({ ...silentTalk, trouble: s.trouble }));
    };
    const mine = { end };
    now = mine;
    useTalk.setState({ camera: id, phase: 'asking', level: 0, trouble: null });
    const begunMs = performance.now();
    openMicrophone(({ frame, peak }) => {
      line?.send(frame);
      if (!over) useTalk.setState({ level: peak });
    }).then(
      (stop) => {
        if (over) {
          stop();
          if (performance.now() - begunMs > askedMs) tell(t('steer.talking.ready', { key: keyName() }));
          return;
        }
        closeMicrophone = stop;
        useTalk.setState({ phase: 'opening' });
        line = openTalk(id, {
          opened() {
            if (!over) useTalk.setState({ phase: 'on' });
          },
          failed(trouble) {
            if (!over) useTalk.setState({ trouble: { camera: id, is: trouble } });
            end();
          },
        });
      },
      (error: unknown) => {
        useTalk.setState({ trouble: { camera: id, is: error instanceof MicrophoneError ? error.fault : 'busy' } });
        end();
      },
    );
    return end;
  }
  return {
    hold,
    end() {
      now?.end();
    },
  };
}

/** For the page with the wall; lets go when nobody looks at it. */
export function useTalkHold(keyName: () => string): Talk {
  const [talk] = useState(() => createTalk(keyName));
  useEffect(() => {
    const abort = new AbortController();
    // A refusal here means that the session ended: the wall goes with it.
    followTalkers(abort.signal).catch(() => undefined);
    window.addEventListener('blur', talk.end);
    window.addEventListener('pagehide', talk.end);
    document.addEventListener('visibilitychange', talk.end);
    return () => {
      abort.abort();
      talk.end();
      window.removeEventListener('blur', talk.end);
      window.removeEventListener('pagehide', talk.end);
      document.removeEventListener('visibilitychange', talk.end);
    };
  }, [talk]);
  return talk;
}

import type { Text } from './text.ts';

export type QuitAnswer = 'background' | 'quit' | 'cancel';

/**
 * Quitting in order: asks while something is recorded, then stops the station, then lets the app go. Asking twice at once is
 * one question; an order from the system (`now`) is not a question.
 */
export function createQuit(deps: {
  recording: () => number;
  ask: (streams: number) => Promise<QuitAnswer>;
  stopStation: () => Promise<void>;
  /** Hides the windows; the tray stays. */
  toBackground: () => void;
  leave: () => void;
}): {
  /** May the app go at this moment? If not, what is needed goes on by itself. */ request(): boolean;
  now(): void;
  leaving(): boolean;
} {
  let phase: 'no' | 'asking' | 'stopping' | 'leaving' = 'no';

  function stop(): void {
    phase = 'stopping';
    void deps.stopStation().then(() => {
      phase = 'leaving';
      deps.leave();
    });
  }

  return {
    request() {
      if (phase === 'leaving') return true;
      if (phase !== 'no') return false;
      const streams = deps.recording();
      if (streams === 0) {
        stop();
        return false;
      }
      phase = 'asking';
      void deps.ask(streams).then((answer) => {
        if (phase !== 'asking') return;
        phase = 'no';
        if (answer === 'quit') stop();
        else if (answer === 'background') deps.toBackground();
      });
      return false;
    },
    now() {
      if (phase !== 'stopping' && phase !== 'leaving') stop();
    },
    leaving: () => phase === 'stopping' || phase === 'leaving',
  };
}

/** The question as a message box, and what each button means. */
export function quitBox(
  text: Text,
  streams: number,
): {
  options: {
    type: 'question';
    buttons: string[];
    defaultId: number;
    cancelId: number;
    message: string;
    detail: string;
    noLink: boolean;
  };
  answer: (button: number) => QuitAnswer;
} {
  return {
    options: {
      type: 'question',
      buttons: [text.keepRecording, text.stopAndQuit, text.cancel],
      defaultId: 0,
      cancelId: 2,
      message: text.quitTitle,
      detail: text.quitBody(streams),
      noLink: true,
    },
    answer: (button) => (button === 0 ? 'background' : button === 1 ? 'quit' : 'cancel'),
  };
}

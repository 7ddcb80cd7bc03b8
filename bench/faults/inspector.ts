/** Reaches into the threads of a process that was started with `--inspect`: the way to crash one of them from outside. */

export type Thread = { title: string; evaluate(expression: string): void };

/** The worker threads that run now. `said`: what the process wrote on standard error. */
export async function threadsOf(said: string): Promise<{ threads: Thread[]; close(): void }> {
  const url = /Debugger listening on (ws:\S+)/.exec(said)?.[1];
  if (url === undefined) throw new Error('The process has no inspector.');
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', () => reject(new Error(`The inspector at ${url} does not answer.`)), {
      once: true,
    });
  });
  const threads: Thread[] = [];
  let id = 0;
  const send = (method: string, params: object): number => {
    socket.send(JSON.stringify({ id: ++id, method, params }));
    return id;
  };
  const enabled = new Promise<void>((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(String(data)) as {
        id?: number;
        method?: string;
        params?: { sessionId: string; workerInfo: { title: string } };
      };
      if (message.id === 1) resolve();
      if (message.method !== 'NodeWorker.attachedToWorker' || message.params === undefined) return;
      const { sessionId, workerInfo } = message.params;
      threads.push({
        title: workerInfo.title,
        evaluate(expression) {
          const asked = { id: 1, method: 'Runtime.evaluate', params: { expression } };
          send('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify(asked) });
        },
      });
    });
  });
  send('NodeWorker.enable', { waitForDebuggerOnStart: false });
  await enabled;
  return { threads, close: () => socket.close() };
}

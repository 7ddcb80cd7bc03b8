/** The channel to the program that started this one (desktop shell, start script, a test); see `contract/host.ts`. */
import { HostRequest, type HostNotice } from '#contract/host.ts';

export type HostChannel = {
  send(notice: HostNotice): void;
  onRequest(listener: (request: HostRequest) => void): void;
  /** The host is gone. */
  onGone(listener: () => void): void;
  /** Lets the process end. */
  close(): void;
};

/** Electron's utility process offers `parentPort`; its type belongs to Electron, so it is looked at with care here. */
type ParentPort = {
  postMessage(message: unknown): void;
  on(type: 'message', listener: (event: { data: unknown }) => void): void;
};
const isParentPort = (value: unknown): value is ParentPort =>
  typeof value === 'object' && value !== null && 'postMessage' in value && 'on' in value;

/** Null when nobody listens: started from a shell or by the system. */
export function openHostChannel(): HostChannel | null {
  const port: unknown = Reflect.get(process, 'parentPort');
  const take = (listener: (request: HostRequest) => void) => (message: unknown) => {
    const request = HostRequest.safeParse(message);
    if (request.success) listener(request.data);
  };
  if (isParentPort(port)) {
    return {
      send: (notice) => port.postMessage(notice),
      onRequest: (listener) => {
        const taken = take(listener);
        port.on('message', (event) => taken(event.data));
      },
      onGone: () => undefined, // a utility process ends with its owner
      close: () => undefined,
    };
  }
  if (process.send === undefined) return null;
  return {
    send: (notice) => {
      if (process.connected) process.send?.(notice);
    },
    onRequest: (listener) => {
      process.on('message', take(listener));
    },
    onGone: (listener) => {
      process.on('disconnect', listener);
    },
    close: () => {
      if (process.connected) process.disconnect();
    },
  };
}

/** Typed calls and streams of pushes over one WebSocket that comes back by itself. */
import { createORPCClient, onError, ORPCError } from '@orpc/client';
import { ClientRetryPlugin, type ClientRetryPluginContext } from '@orpc/client/plugins';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import ReconnectingWebSocket from 'partysocket/ws';
import type { Contract } from '#contract/contract.ts';
import { noteCall } from './call-of.ts';

export type Client = ContractRouterClient<Contract, ClientRetryPluginContext>;
export type LineState = 'closed' | 'connecting' | 'open';

const socketUrl = (path: string): string => {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.hash = '';
  return url.href;
};

/** Worth another try: the line broke or the station failed; never a refusal (4xx). */
export const isPassing = (error: unknown): boolean => !(error instanceof ORPCError) || error.status >= 500;

/** Context for streams that must go on for as long as the page does. */
export const forEver: ClientRetryPluginContext = {
  retry: Number.POSITIVE_INFINITY,
  retryDelay: (o) => Math.min(4000, 250 * 2 ** Math.min(o.attemptIndex, 4)),
  shouldRetry: (o) => isPassing(o.error),
};

/** The station closes sockets with this code when there is no session, or it ended. */
export const signInCode = 4401;

export type StationLine = {
  client: Client;
  open(): void;
  /** Hangs up a connection that has gone dead without saying so, and dials anew. */
  redial(): void;
  close(): void;
};

/**
 * `open` dials and keeps dialling (≤ 3 s apart); `close` hangs up; `onState` is told of every change, `onSignIn` when the
 * station wants a log-in first.
 */
export function createLine(onState: (state: LineState) => void, onSignIn: () => void): StationLine {
  const socket = new ReconnectingWebSocket(() => socketUrl('/rpc'), [], {
    startClosed: true,
    minReconnectionDelay: 250,
    maxReconnectionDelay: 3000,
    reconnectionDelayGrowFactor: 1.6,
    connectionTimeout: 4000,
    minUptime: 2000,
    maxEnqueuedMessages: 0,
  });
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('open', () => {
    onState('open');
  });
  socket.addEventListener('close', (event) => {
    onState(socket.shouldReconnect ? 'connecting' : 'closed');
    if (event.code === signInCode) onSignIn();
  });
  let wanted = false;
  const link = new RPCLink<ClientRetryPluginContext>({
    websocket: {
      // While a connection is wanted, calls wait for the next attempt to open or fail. After hanging up, what is still
      // said (the end of a stream) has nobody to hear it.
      get readyState() {
        return wanted && socket.readyState !== WebSocket.OPEN ? WebSocket.CONNECTING : WebSocket.OPEN;
      },
      send: (data: string | ArrayBufferLike | Blob | ArrayBufferView) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(data as string | ArrayBuffer | Blob);
      },
      // The same calls and events as a plain socket's; only the type declarations are its own.
      addEventListener: socket.addEventListener.bind(socket),
      removeEventListener: socket.removeEventListener.bind(socket),
    },
    plugins: [new ClientRetryPlugin()],
    interceptors: [
      onError((error, { path }) => {
        noteCall(error, path);
      }),
    ],
  });
  const client: Client = createORPCClient(link);
  return {
    client,
    open() {
      wanted = true;
      onState('connecting');
      socket.reconnect();
    },
    redial() {
      if (wanted) socket.reconnect();
    },
    close() {
      wanted = false;
      socket.close();
      onState('closed');
    },
  };
}

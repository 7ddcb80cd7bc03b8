import { createSocket, type Socket } from 'node:dgram';
import { StreamFault } from '../fault.ts';

/** A port pair for RTP and RTCP (RFC 3550 §11: even, and the next). */
export type UdpPair = {
  ports: [number, number];
  /** Sends to the camera: a report, or something that opens the way back through a firewall. */
  send(which: 'rtp' | 'rtcp', data: Uint8Array, host: string, port: number): void;
  close(): void;
};

const receiveBuffer = 1024 * 1024;

async function bind(address: string, port: number, family: 4 | 6): Promise<Socket> {
  const socket = createSocket({ type: family === 6 ? 'udp6' : 'udp4', recvBufferSize: receiveBuffer });
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  socket.once('error', reject);
  socket.bind({ address, port }, () => {
    socket.off('error', reject);
    resolve(socket);
  });
  try {
    return await promise;
  } catch (error) {
    socket.close();
    throw error;
  }
}

/**
 * Binds a pair on `address`. `accept` says whether packets of a sender are taken: anyone on the network can send to these
 * ports. Rejects with `StreamFault`.
 */
export async function openUdpPair(
  address: string,
  family: 4 | 6,
  on: { accept(host: string): boolean; packet(which: 'rtp' | 'rtcp', data: Buffer): void },
): Promise<UdpPair> {
  let cause: unknown = null;
  for (let tries = 0; tries < 30; tries++) {
    let first: Socket | null = null;
    try {
      first = await bind(address, 0, family);
      const port = first.address().port;
      if (port % 2 === 0 && port < 65_534) {
        const rtp = first;
        const rtcp = await bind(address, port + 1, family);
        const listen = (socket: Socket, which: 'rtp' | 'rtcp'): void => {
          socket.on('message', (data, from) => {
            if (on.accept(from.address)) on.packet(which, data);
          });
          // an ICMP "port unreachable" for something sent is no news: the control connection says what is lost
          socket.on('error', () => undefined);
        };
        listen(rtp, 'rtp');
        listen(rtcp, 'rtcp');
        return {
          ports: [port, port + 1],
          send(which, data, host, to) {
            (which === 'rtp' ? rtp : rtcp).send(data, to, host, () => undefined);
          },
          close() {
            rtp.close();
            rtcp.close();
          },
        };
      }
    } catch (error) {
      cause = error;
    }
    first?.close();
  }
  throw new StreamFault('protocol', 'No free pair of UDP ports on this machine.', { cause });
}

/** The two ways RTP leaves: inside the RTSP connection, or as datagrams. */
import { createSocket } from 'node:dgram';
import type { Socket as UdpSocket } from 'node:dgram';
import type { Socket } from 'node:net';
import { datagram } from './rtp-sender.ts';
import type { Wire } from './rtp-sender.ts';

/** Channel `channel` carries RTP, `channel + 1` RTCP (RFC 2326 §10.12). */
export function tcpWire(socket: Socket, channel: number): Wire {
  return {
    packets(bytes) {
      if (!socket.destroyed) socket.write(bytes);
    },
    control(packet) {
      if (socket.destroyed) return;
      const head = Buffer.from([0x24, channel + 1, packet.length >> 8, packet.length & 0xff]);
      socket.write(Buffer.concat([head, packet]));
    },
    pendingBytes: () => socket.writableLength,
    close() {
      // The connection belongs to the RTSP session.
    },
  };
}

const bound = (host: string, port: number): Promise<UdpSocket> =>
  new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind(port, host, () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });

/** An even port and the odd one after it (RFC 3550 §11). */
async function portPair(host: string): Promise<[UdpSocket, UdpSocket]> {
  for (let tries = 0; ; tries++) {
    const rtp = await bound(host, 0);
    const { port } = rtp.address();
    if (port % 2 === 0) {
      try {
        return [rtp, await bound(host, port + 1)];
      } catch (error) {
        if (tries > 20) throw error;
      }
    }
    rtp.close();
  }
}

/** `onControl` is told of each datagram of the client's RTCP: it lives; `onPacket` of those it sends as RTP (a backchannel). */
export async function udpWire(
  host: string,
  client: { address: string; rtpPort: number; rtcpPort: number },
  onControl: () => void,
  onPacket?: (packet: Buffer) => void,
): Promise<Wire & { ports: [number, number] }> {
  const [rtp, rtcp] = await portPair(host);
  let closed = false;
  const ignore = (): void => {
    // A client that has gone makes ICMP errors; its session ends by TEARDOWN or by time.
  };
  rtp.on('error', ignore);
  rtcp.on('error', ignore);
  rtcp.on('message', onControl);
  if (onPacket) rtp.on('message', onPacket);
  return {
    ports: [rtp.address().port, rtcp.address().port],
    packets(bytes, starts) {
      if (closed) return;
      for (let i = 0; i < starts.length; i++) rtp.send(datagram(bytes, starts, i), client.rtpPort, client.address);
    },
    control(packet) {
      if (!closed) rtcp.send(packet, client.rtcpPort, client.address);
    },
    pendingBytes: () => rtp.getSendQueueSize(),
    close() {
      if (closed) return;
      closed = true;
      rtp.close();
      rtcp.close();
    },
  };
}

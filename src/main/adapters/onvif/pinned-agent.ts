/**
 * TLS to devices: their certificates are self-made, so the first one seen is pinned. The handshake ends and the certificate is
 * compared before the socket is handed to HTTP: with another certificate not one byte of a request goes out.
 */
import { constants, createHash } from 'node:crypto';
import { Agent } from 'node:https';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { CertificatePin } from '#domain/device.ts';
import { deviceError } from './trouble.ts';

export type Pin = {
  expected(): CertificatePin | null;
  /** Told of every certificate, before it is judged. */
  seen(pin: CertificatePin): void;
  /** Told of the first one that was taken while none was expected. */
  pinned(pin: CertificatePin): void;
};

const handshakeMs = 4_000;

export function createPinnedAgent(pin: Pin, options: { keepAlive: boolean; maxSockets: number }): Agent {
  const agent = new Agent({ ...options, maxCachedSessions: 0, timeout: 15_000 });
  const judge = (certificate: Buffer | undefined): Error | null => {
    if (certificate === undefined) return deviceError('tls', 'The device showed no certificate.');
    const found = createHash('sha256').update(certificate).digest('hex');
    const expected = pin.expected();
    pin.seen(found);
    if (expected === null) pin.pinned(found);
    if (expected === null || expected === found) return null;
    return deviceError(
      'certificate-changed',
      'The device shows another certificate than before. Nothing was sent to it. Compare the new certificate, then accept it or take the device off the network.',
    );
  };
  agent.createConnection = (wanted, done) => {
    const { host, port, servername } = wanted as ConnectionOptions;
    const socket: TLSSocket = connect({
      host: host ?? '',
      port: port ?? 443,
      ...(servername === undefined || servername === '' ? {} : { servername }),
      rejectUnauthorized: false, // nobody signs cameras' certificates: the pin decides
      minVersion: 'TLSv1', // cameras of ten years ago know no better
      ciphers: 'DEFAULT@SECLEVEL=0',
      secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT,
      checkServerIdentity: () => undefined,
    });
    let settled = false;
    const finish = (error: Error | null): void => {
      if (settled) return;
      settled = true;
      clearTimeout(limit);
      if (error) socket.destroy();
      // Node's own agent does the same: with an error there is no socket to give.
      (done as unknown as (error: Error | null, socket?: TLSSocket) => void)(error, error ? undefined : socket);
    };
    const limit = setTimeout(
      () =>
        finish(
          socket.connecting
            ? deviceError('unreachable', 'The device cannot be reached: no connection in time.')
            : deviceError('tls', 'The device did not finish the TLS handshake in time.'),
        ),
      handshakeMs,
    );
    socket.once('error', (error: NodeJS.ErrnoException) =>
      finish(
        socket.connecting || !isTls(error) ? error : deviceError('tls', 'No TLS connection with the device.', error),
      ),
    );
    socket.once('close', () =>
      finish(deviceError('tls', 'The device closed the connection during the TLS handshake.')),
    );
    socket.once('secureConnect', () => finish(judge(socket.getPeerCertificate().raw)));
    return undefined;
  };
  return agent;
}

const isTls = (error: NodeJS.ErrnoException): boolean =>
  /^(ERR_SSL|ERR_TLS|EPROTO)/.test(error.code ?? '') || error.code === 'ECONNRESET';

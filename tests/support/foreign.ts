/** RTSP servers that the project has not written, as far as they are installed here: `npm test` does that where it may. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { until } from './until.ts';

const script = join(import.meta.dirname, 'foreign-gst.py');
const relayScript = join(import.meta.dirname, 'foreign-relay.pl');
/** The system's own Python: GObject bindings come by package, not by pip. */
const python = '/usr/bin/python3';
const works = (command: string, args: string[]): boolean => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

const isRoot = process.getuid?.() === 0;
/** VLC refuses to run as root: then it runs as this user. */
const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups'];

export const hasFfmpeg = works('ffmpeg', ['-version']) && works('ffprobe', ['-version']);
export const hasGst = works(python, [script]);
export const hasRelay = works('perl', [relayScript]);
export const hasVlc = works(...asNobody('cvlc', ['--version'])) && (!isRoot || works('setpriv', [...nobody, 'true']));

function asNobody(command: string, args: string[]): [string, string[]] {
  return isRoot ? ['setpriv', [...nobody, command, ...args]] : [command, args];
}

export const user = { username: 'viewer', password: 'a secret word' };

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export type Clip = 'h264-aac' | 'h265-pcmu' | 'mjpeg';
/** RTP has no room for JPEG's Huffman tables (RFC 2435 §4.1): the usual ones. */
const encoders: Record<Clip, string> = {
  'h264-aac': '-c:v libx264 -preset ultrafast -g 15 -bf 0 -pix_fmt yuv420p -c:a aac -ar 16000 -ac 1',
  'h265-pcmu':
    '-c:v libx265 -preset ultrafast -x265-params log-level=error:keyint=15:bframes=0 -pix_fmt yuv420p -c:a pcm_mulaw -ar 8000',
  mjpeg: '-c:v mjpeg -huffman default -q:v 8 -pix_fmt yuvj420p -an',
};

/**
 * Two minutes of moving pictures (320×180, 15 a second, a key picture each second) and a tone, as `DIR/CLIP.mkv`. Six seconds are
 * encoded, and repeated: a busy machine would take minutes for more.
 */
export function makeClips(dir: string, clips: Clip[]): void {
  mkdirSync(dir, { recursive: true });
  chmodSync(dir, 0o755);
  const ffmpeg = (args: string[]): void => {
    const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-y', ...args]);
    if (status !== 0) throw new Error(`ffmpeg: ${stderr.toString()}`);
  };
  const source = '-f lavfi -i testsrc2=size=320x180:rate=15 -f lavfi -i sine=sample_rate=16000 -t 6';
  for (const clip of clips) {
    const once = join(dir, `${clip}.once`);
    ffmpeg([...`${source} ${encoders[clip]} -f matroska`.split(' '), once]);
    ffmpeg(['-stream_loop', '19', '-i', once, '-c', 'copy', join(dir, `${clip}.mkv`)]);
    rmSync(once);
  }
}

export type ForeignServer = { stop(): Promise<void> };

function serverOf(child: ChildProcess): ForeignServer {
  return {
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL'); // a camera that loses its power says nothing
      await gone;
    },
  };
}

/** gst-rtsp-server: each clip of `dir` as `/CLIP`, Digest, RTP inside TCP and over UDP. */
export async function startGst(port: number, dir: string): Promise<ForeignServer> {
  const args = [script, String(port), user.username, user.password, dir];
  const child = spawn(python, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  let said = '';
  child.stdout.on('data', (data: Buffer) => (said += data.toString()));
  await until('gst-rtsp-server listens', () => {
    if (child.exitCode !== null) throw new Error('gst-rtsp-server ended');
    return said.includes('ready');
  });
  return serverOf(child);
}

/** RTSP::Server, and ffmpeg that shows it a clip again and again, as `/cam`: UDP alone, no password. */
export async function startRelay(port: number, file: string): Promise<ForeignServer> {
  const [sources, rtp] = [await freePort(), await freePort()];
  const relay = spawn('perl', [relayScript, String(port), String(sources), String(rtp & ~1)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let said = '';
  relay.stdout.on('data', (data: Buffer) => (said += data.toString()));
  await until('RTSP::Server listens', () => {
    if (relay.exitCode !== null) throw new Error('RTSP::Server ended');
    return said.includes('ready');
  });
  const show = `-v error -re -stream_loop -1 -i ${file} -map 0:v -c copy -f rtsp rtsp://127.0.0.1:${sources}/cam`;
  const source = spawn('ffmpeg', show.split(' '), { stdio: 'ignore' });
  const [first, second] = [serverOf(relay), serverOf(source)];
  return {
    async stop() {
      await first.stop();
      await second.stop();
    },
  };
}

/** VLC: one clip, again and again, as `/vlc`, with a password, over UDP only. `home`: where it may write. */
export async function startVlc(port: number, file: string, home: string): Promise<ForeignServer> {
  mkdirSync(home, { recursive: true });
  chmodSync(home, 0o777);
  const { username, password } = user;
  const stream = ['--sout', `#rtp{sdp=rtsp://127.0.0.1:${port}/vlc}`, '--sout-keep'];
  const account = ['--sout-rtsp-user', username, '--sout-rtsp-pwd', password];
  const args = ['-q', '--no-dbus', '-I', 'dummy', '--loop', file, ...stream, ...account];
  // PulseAudio's library, loaded whether or not anything is heard, makes a folder of its own where it may.
  const env = { ...process.env, HOME: home, TMPDIR: home, XDG_RUNTIME_DIR: home };
  // It sometimes comes up without listening: who starts a camera by hand would start it again.
  for (let tries = 1; ; tries += 1) {
    const child = spawn(...asNobody('cvlc', args), { stdio: 'ignore', env });
    const server = serverOf(child);
    try {
      await until('VLC listens', () => answers(port), 15_000);
      return server;
    } catch (error) {
      await server.stop();
      if (tries >= 3) throw error;
    }
  }
}

/** Whether something takes connections there. */
const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });

/** What ffprobe says of a file; pictures are decoded one by one and must all be whole. */
export function probeFile(file: string): {
  streams: { codec: string; width?: number }[];
  pictures: number;
  errors: string;
} {
  const show = 'stream=codec_name,width';
  const told = spawnSync('ffprobe', ['-v', 'error', '-show_entries', show, '-of', 'json', file]);
  const { streams } = JSON.parse(told.stdout.toString()) as { streams: { codec_name: string; width?: number }[] };
  const decoded = spawnSync('ffmpeg', ['-v', 'error', '-i', file, '-map', '0:v', '-f', 'framemd5', '-']);
  const pictures = decoded.stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#')).length;
  return {
    streams: streams.map(({ codec_name: codec, width }) => ({ codec, ...(width !== undefined && { width }) })),
    pictures,
    errors: `${told.stderr.toString()}${decoded.stderr.toString()}`,
  };
}

/** `npm run bench -- NAME [options] [--json]`: real measurements of the product; docs/performance.md says of what. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { keptFolder } from './kept.ts';
import { judge, table } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { inOwnNamespace, runInOwnNamespace } from './own-namespace.ts';

const usage = `usage: npm run bench -- NAME [options] [--json]

  record    --cameras 32 --seconds 30 [--subs] [--judged] [--peers 32] [--settle 180] [--profile]
                                                    Vigie against one ffmpeg per camera
  encrypt   --cameras 32 --seconds 30               recording encrypted against recording plain, at the same time
  live      --seconds 20                            sent-to-drawn latency in Chromium, tiles that hold 15 fps
  timeline  --segments 10000000 --events 1000000 [--archived 50]
                                                    day view and scrub lookups on a large index
  retention --segments 5000000 --events 500000      what deciding and deleting cost on a large index, and who notices
  start     --cameras 16 --rounds 5                 process start to first segment byte and first live picture
  playback  --rounds 30                             scrub, seek and tiles in step, in Chromium
  crash     --cameras 16 --kills 50                 SIGKILL at random moments: what is lost, what is wrong
  check     --segments 200000 --rounds 3            recordings laid beside the index, and their bytes hashed
  watch     --cameras 32 --seconds 30 [--settle 90] [--fps 10] [--key-every 1] [--profile]
                                                    motion and objects: cost, delay and drops, against Debian's motion
  infer     --rounds 10                             a picture through the pool against a bare run of the same model
  cameras   --count 200 --seconds 60                ONVIF devices found, added and listened to; a list of 1,000 cameras

--json: the last line of standard output is { name, figures, goals, ok }.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
    profile: { type: 'boolean', default: false },
    subs: { type: 'boolean', default: false },
    judged: { type: 'boolean', default: false },
    peers: { type: 'string' },
    settle: { type: 'string' },
    fps: { type: 'string' },
    'key-every': { type: 'string' },
    cameras: { type: 'string' },
    seconds: { type: 'string' },
    segments: { type: 'string' },
    events: { type: 'string' },
    archived: { type: 'string' },
    rounds: { type: 'string' },
    kills: { type: 'string' },
    count: { type: 'string' },
  },
});

/** With --json people read standard error, so that standard output holds one thing. */
const say = (text: string): void => {
  (values.json ? process.stderr : process.stdout).write(`${text}\n`);
};

type Counted =
  | 'archived'
  | 'peers'
  | 'settle'
  | 'fps'
  | 'key-every'
  | 'cameras'
  | 'seconds'
  | 'segments'
  | 'events'
  | 'rounds'
  | 'kills'
  | 'count';

function whole(name: Counted, otherwise: number, least = 1): number {
  const given = values[name];
  const n = given === undefined ? otherwise : Number(given);
  if (!Number.isInteger(n) || n < least)
    throw new Error(`--${name} takes a whole number from ${least} on, not ${given ?? ''}`);
  return n;
}

const root = resolve(import.meta.dirname, '..');

/** An ffmpeg takes tens of MB: of more cameras its cost is taken to be that of so many. */
const mostPeers = 128;

/**
 * Discovery shouts, and nobody else's cameras shall answer or hear it: loopback alone, made to take multicast. /sys tells of the
 * network of whoever mounted it.
 */
const ownNetwork = 'mount -t sysfs none /sys && ip link set lo up multicast on && ip route add 224.0.0.0/4 dev lo';

async function run(name: string): Promise<Outcome> {
  const cache = keptFolder(root);
  switch (name) {
    case 'record': {
      const { benchRecord } = await import('./record.ts');
      const { profile, subs, judged } = values;
      const [cameras, seconds] = [whole('cameras', 32), whole('seconds', 30)];
      const peers = whole('peers', Math.min(cameras, mostPeers));
      const settleSeconds = whole('settle', 180);
      return benchRecord({ cameras, seconds, subs, judged, peers, profile, settleSeconds, cache, root, say });
    }
    case 'encrypt': {
      const { benchEncrypt } = await import('./encrypt.ts');
      return benchEncrypt({ cameras: whole('cameras', 32), seconds: whole('seconds', 30), cache, root, say });
    }
    case 'live': {
      const { benchLive } = await import('./live.ts');
      return benchLive({ seconds: whole('seconds', 20), cache, root, say });
    }
    case 'timeline': {
      const { benchTimeline } = await import('./timeline.ts');
      const [segments, events] = [whole('segments', 10_000_000), whole('events', 1_000_000)];
      const archived = whole('archived', 0, 0);
      return benchTimeline({ segments, events, archived, rounds: whole('rounds', 200), cache, say });
    }
    case 'retention': {
      const { benchRetention } = await import('./retention.ts');
      const [segments, events] = [whole('segments', 5_000_000), whole('events', 500_000)];
      return benchRetention({ segments, events, rounds: whole('rounds', 100), cache, say });
    }
    case 'start': {
      const { benchStart } = await import('./start.ts');
      return benchStart({ cameras: whole('cameras', 16), rounds: whole('rounds', 5), cache, root, say });
    }
    case 'playback': {
      const { benchPlayback } = await import('./playback.ts');
      return benchPlayback({ rounds: whole('rounds', 30), root, say });
    }
    case 'crash': {
      const { benchCrash } = await import('./crash.ts');
      return benchCrash({ cameras: whole('cameras', 16), kills: whole('kills', 50), cache, root, say });
    }
    case 'check': {
      const { benchCheck } = await import('./check.ts');
      return benchCheck({ segments: whole('segments', 200_000), rounds: whole('rounds', 3), say });
    }
    case 'watch': {
      const { benchWatch } = await import('./watch.ts');
      const { checkFilm, usualFilm } = await import('./watch-schedule.ts');
      const { profile } = values;
      const [cameras, seconds, first] = [whole('cameras', 32), whole('seconds', 30), whole('settle', 90) * 1_000];
      const settle = { firstMs: first, changeMs: first / 3 };
      const film = checkFilm({
        fps: whole('fps', usualFilm.fps),
        keyEvery: whole('key-every', usualFilm.keyEvery),
      });
      return benchWatch({ cameras, seconds, settle, film, profile, cache, root, say });
    }
    case 'infer': {
      const { benchInfer } = await import('./infer.ts');
      return benchInfer({ rounds: whole('rounds', 10), root, say });
    }
    case 'cameras': {
      const { benchCameras } = await import('./cameras.ts');
      return benchCameras({ count: whole('count', 200), seconds: whole('seconds', 60), root, say });
    }
    default:
      throw new Error(`There is no bench "${name}".\n\n${usage}`);
  }
}

async function main(): Promise<void> {
  const [name] = positionals;
  if (values.help || name === undefined) {
    say(usage);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  if (name === 'cameras' && !inOwnNamespace()) {
    const code = await runInOwnNamespace({ network: true, lay: ownNetwork });
    if (code !== null) {
      process.exitCode = code;
      return;
    }
    say('  no network namespace can be had: the probes go out on all networks of this PC');
  }
  const outcome = await run(name);
  const ok = judge(outcome);
  say(`${outcome.name}: ${ok ? 'all goals met' : 'a goal is NOT met'}\n${table(outcome)}`);
  if (values.json) process.stdout.write(`${JSON.stringify({ ...outcome, ok })}\n`);
}

main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});

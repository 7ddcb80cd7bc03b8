/** The command line. */
import { parseArgs } from 'node:util';
import { evalOptions, type EvalOptions } from './eval-options.ts';
import { StationError } from './stop-with.ts';

export type Command = 'run' | 'check' | 'rebuild-index' | 'restore-index' | 'decrypt' | 'eval' | 'help' | 'version';
export type Options = {
  command: Command;
  demo: boolean;
  /** null: the usual place. */
  data: string | null;
  /** null: 8710, or the next free one. */
  port: number | null;
  listen: string;
  tls: { certPath: string; keyPath: string } | null;
  repair: boolean;
  /** Read all video and compare it with its hashes. */
  hashes: boolean;
  /** Look whether what is archived is there. */
  archive: boolean;
  /** The report as one JSON value. */
  json: boolean;
  /** The backup to put back; null: the newest that is sound. */
  file: string | null;
  /** What `decrypt` is asked; null for other commands. */
  decrypt: { segments: string[]; out: string; keysFile: string | null; passphraseFile: string | null } | null;
  /** What `eval` is asked; null for other commands. */
  eval: EvalOptions | null;
  /** The host has a keychain for the key of stored passwords; the desktop says so. */
  keychain: boolean;
  /** Keep that key in a file all the same. */
  keyFile: boolean;
};

export const helpText = `Vigie records cameras, shows them live and plays them back.

Usage: vigie [command] [options]

Commands
  run              start the station (this is what happens without a command)
  check            look at index, recorded files and chains, and say what is wrong and what to do
  rebuild-index    make the index again from the recorded files
  restore-index [FILE]  put a backup of the index back (the newest sound one), and take in what was recorded since
  decrypt SEGMENT… --out DIR  write encrypted recordings as plain MP4 files
  eval FOLDER      look at labelled pictures and clips as the analysis does, and say how good it is
  help             this text

Options of run
  --demo           add four virtual cameras to try Vigie without hardware
  --headless       no window: use it with a browser
  --data DIR       where recordings and settings are kept
  --port N         port to listen on (0: any free one; default 8710, or the next free one)
  --listen ADDR    address to listen on (default 127.0.0.1; any other needs TLS and makes its own certificate)
  --tls-cert FILE  certificate in PEM, with --tls-key
  --tls-key FILE   its private key in PEM
  --key-file       keep the key of stored passwords in a file, also where the desktop has a keychain

Options of check
  --data DIR       as above
  --hashes         read all video and compare it with the hashes that were taken when it was recorded
  --archive        look at what is archived too: whether it is there and as large as it was; with --hashes every byte
  --json           the report as one JSON value
  --repair         correct the index to what is on disk; video is never deleted

Options of decrypt (the passphrase or recovery key is asked for, or read from what is piped in)
  --out DIR        where the plain files go; nothing there is overwritten
  --keys FILE      keys.json of the volume (default: in a folder above the segment)
  --passphrase-file FILE  take the passphrase or recovery key from this file (of several volumes one on each line)

Options of eval
  --models DIR     where files of the catalogue's models lie, besides those that come with Vigie
  --model ID       the detector (default: the one that comes with Vigie)
  --plate-model ID the reader of plates (likewise)
  --rate N         pictures a second of clips, 0.2 to 10 (default 1, as cameras are watched)
  --json           the report as one JSON value

Others
  --help, --version
`;

const flags = {
  demo: { type: 'boolean' },
  headless: { type: 'boolean' },
  data: { type: 'string' },
  port: { type: 'string' },
  listen: { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  repair: { type: 'boolean' },
  hashes: { type: 'boolean' },
  archive: { type: 'boolean' },
  json: { type: 'boolean' },
  out: { type: 'string' },
  keys: { type: 'string' },
  'passphrase-file': { type: 'string' },
  keychain: { type: 'boolean' },
  'key-file': { type: 'boolean' },
  models: { type: 'string' },
  model: { type: 'string' },
  'plate-model': { type: 'string' },
  rate: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
} as const;

const commands: readonly Command[] = ['run', 'check', 'rebuild-index', 'restore-index', 'decrypt', 'eval', 'help'];
const usage = (text: string): StationError => new StationError(`${text} "vigie --help" lists what there is.`, 2);

/** Reads the arguments after the program's name. Throws `StationError` with one sentence. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args);
  const named = positionals[0] ?? 'run';
  const command = commands.find((c) => c === named);
  if (command === undefined) throw usage(`There is no command "${named}".`);
  const most =
    command === 'decrypt' ? Number.POSITIVE_INFINITY : command === 'restore-index' || command === 'eval' ? 2 : 1;
  if (positionals.length > most) throw usage(`"${positionals[most] ?? ''}" is one word too many.`);
  for (const flag of ['repair', 'hashes', 'archive'] as const)
    if (values[flag] === true && command !== 'check') throw usage(`--${flag} belongs to the command "check".`);
  if (values.json === true && command !== 'check' && command !== 'eval')
    throw usage('--json belongs to the commands "check" and "eval".');
  for (const flag of ['models', 'model', 'plate-model', 'rate'] as const)
    if (values[flag] !== undefined && command !== 'eval') throw usage(`--${flag} belongs to the command "eval".`);
  for (const flag of ['out', 'keys', 'passphrase-file'] as const)
    if (values[flag] !== undefined && command !== 'decrypt') throw usage(`--${flag} belongs to the command "decrypt".`);
  const [certPath, keyPath] = [values['tls-cert'], values['tls-key']];
  if ((certPath === undefined) !== (keyPath === undefined)) throw usage('--tls-cert and --tls-key are given together.');
  if (values.data === '') throw usage('--data needs a folder.');
  if (values.listen === '') throw usage('--listen needs an address.');
  return {
    command: values.help === true ? 'help' : values.version === true ? 'version' : command,
    demo: values.demo ?? false,
    data: values.data ?? null,
    port: values.port === undefined ? null : portOf(values.port),
    listen: values.listen ?? '127.0.0.1',
    tls: certPath === undefined || keyPath === undefined ? null : { certPath, keyPath },
    repair: values.repair ?? false,
    hashes: values.hashes ?? false,
    archive: values.archive ?? false,
    json: values.json ?? false,
    file: command === 'restore-index' ? (positionals[1] ?? null) : null,
    decrypt: command === 'decrypt' && values.help !== true ? decryptOf(positionals.slice(1), values) : null,
    eval: command === 'eval' && values.help !== true ? evalOptions(positionals[1], values) : null,
    keychain: values.keychain ?? false,
    keyFile: values['key-file'] ?? false,
  };
}

function decryptOf(
  segments: string[],
  values: { out?: string | undefined; keys?: string | undefined; 'passphrase-file'?: string | undefined },
): NonNullable<Options['decrypt']> {
  if (segments.length === 0) throw usage('decrypt needs at least one recorded file.');
  if (values.out === undefined || values.out === '') throw usage('decrypt needs --out and a folder.');
  return {
    segments,
    out: values.out,
    keysFile: values.keys ?? null,
    passphraseFile: values['passphrase-file'] ?? null,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, allowPositionals: true, strict: true });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    // Node explains at length how to pass a value that starts with a dash; its first sentence is enough.
    throw usage(`${(text.split(/\.\s|\n/)[0] ?? text).replace(/\.$/, '')}.`);
  }
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw usage(`--port needs a number from 0 to 65535, not "${text}".`);
  return port;
}

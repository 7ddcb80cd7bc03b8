/** What the command line asks of the desktop app. */
export type ShellOptions = {
  /** Passed on to the own station: `--data`, `--port`, `--listen`, `--demo`, … */
  stationArgs: string[];
  /** Another station to show instead of an own one. */
  remote: URL | null;
};

const withValue = new Set(['--data', '--port', '--listen', '--tls-cert', '--tls-key']);
const plain = new Set(['--demo', '--key-file']);

/**
 * Reads the arguments after the app's own name. Switches of Chromium and Electron (`--no-sandbox`, `--inspect`, …) are not ours
 * and pass by. `Error`s carry a sentence for the person.
 */
export function readOptions(args: string[]): ShellOptions {
  const options: ShellOptions = { stationArgs: [], remote: null };
  for (let i = 0; i < args.length; i++) {
    const [name, joined] = split(args[i] ?? '');
    const value = (): string => {
      const given = joined ?? args[++i];
      if (given === undefined || given === '' || (joined === undefined && given.startsWith('--')))
        throw new Error(`${name} needs a value.`);
      return given;
    };
    if (name === '--station') options.remote = remoteStation(value());
    else if (withValue.has(name)) options.stationArgs.push(name, value());
    else if (plain.has(name)) options.stationArgs.push(name);
  }
  return options;
}

function split(arg: string): [string, string | undefined] {
  const at = arg.indexOf('=');
  return arg.startsWith('--') && at > 0 ? [arg.slice(0, at), arg.slice(at + 1)] : [arg, undefined];
}

/** The address of another station: https, or http on this PC only. */
export function remoteStation(text: string): URL {
  let url: URL;
  try {
    url = new URL(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`);
  } catch {
    throw new Error(`"${text}" is not the address of a station. Give one like https://station.example:8710.`);
  }
  const here = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && here))
    throw new Error(`${url.origin} is not protected: another station is opened by https only.`);
  if (url.username !== '' || url.password !== '')
    throw new Error('Leave user and password out of the address; the station asks for them.');
  return new URL(url.origin);
}

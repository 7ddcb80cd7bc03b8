/**
 * The npm package `onvif` writes the requests of the PTZ service, with the quirks of cameras that its users found (heads that
 * take pan/tilt or zoom but not both, speeds, time-outs). Only its writing is used: nothing of it touches the network, a
 * password or an answer (docs/adr/0011-onvif-library-and-own-code.md). It does not escape: `safe` does, before.
 */
import { Cam } from 'onvif';
import { operation, namespaces, type Operation } from './envelope.ts';
import { escaped, made } from './write-xml.ts';

export type Vector = { x?: number; y?: number; zoom?: number };
export type Spaces = { xyspace?: string; zoomspace?: string };
type Request = { service?: string; body: string };
/** What this file knows of the package's inside; the tests hold it to that. */
type Writer = Cam & {
  _request(request: Request, done: () => void): void;
  _envelopeHeader(): string;
  _envelopeFooter(): string;
};

/** Runs one of the library's operations up to the point where it would send, and takes its body. */
function write(run: (cam: Cam) => void): Operation {
  const cam = new Cam({ hostname: '', autoconnect: false }) as Writer;
  let body = '';
  cam._envelopeHeader = () => '';
  cam._envelopeFooter = () => '';
  cam._request = (request) => {
    body = request.body;
  };
  run(cam);
  const name = /^<(\w+)/.exec(body)?.[1] ?? '';
  return { ...operation('ptz', name), action: `${namespaces.ptz}/${name}`, body: made(body) };
}

/** The package's types call spaces numbers; they are URIs. */
const moving = (options: object): Parameters<Cam['continuousMove']>[0] => options;

const ignore = (): void => undefined;
const safe = (text: string): string => escaped(text);
const safeSpaces = (spaces: Spaces): Spaces => ({
  ...(spaces.xyspace === undefined ? {} : { xyspace: safe(spaces.xyspace) }),
  ...(spaces.zoomspace === undefined ? {} : { zoomspace: safe(spaces.zoomspace) }),
});
/** The library sends pan/tilt and zoom unless told to leave one out. */
const only = (v: Vector): { onlySendPanTilt?: boolean; onlySendZoom?: boolean } =>
  v.zoom === undefined ? { onlySendPanTilt: true } : v.x === undefined ? { onlySendZoom: true } : {};
const speedOf = (v: Vector, speed: number | null): { speed?: Vector } =>
  speed === null
    ? {}
    : {
        speed: {
          ...(v.x === undefined ? {} : { x: speed, y: speed }),
          ...(v.zoom === undefined ? {} : { zoom: speed }),
        },
      };

export const ptzNodes = (): Operation => write((cam) => cam.getNodes(ignore));
export const ptzStatus = (profile: string): Operation =>
  write((cam) => cam.getStatus({ profileToken: safe(profile) }, ignore));
export const ptzPresets = (profile: string): Operation =>
  write((cam) => cam.getPresets({ profileToken: safe(profile) }, ignore));
export const ptzGo = (profile: string, preset: string): Operation =>
  write((cam) => cam.gotoPreset({ profileToken: safe(profile), preset: safe(preset) }, ignore));
export const ptzSetPreset = (profile: string, name: string, token: string | null): Operation =>
  write((cam) =>
    cam.setPreset(
      { profileToken: safe(profile), presetName: safe(name), ...(token === null ? {} : { presetToken: safe(token) }) },
      ignore,
    ),
  );
export const ptzRemovePreset = (profile: string, token: string): Operation =>
  write((cam) => cam.removePreset({ profileToken: safe(profile), presetToken: safe(token) }, ignore));
export const ptzHome = (profile: string): Operation =>
  write((cam) => cam.gotoHomePosition({ profileToken: safe(profile) }, ignore));
export const ptzSetHome = (profile: string): Operation =>
  write((cam) => cam.setHomePosition({ profileToken: safe(profile) }, ignore));
export const ptzStop = (profile: string): Operation =>
  write((cam) => cam.stop({ profileToken: safe(profile), panTilt: true, zoom: true }, ignore));
export const ptzAuxiliary = (profile: string, command: string): Operation =>
  write((cam) => cam.ptzSendAuxiliaryCommand({ profileToken: safe(profile), data: safe(command) }, ignore));
/** `timeoutMs` null: without a time-out, for heads that refuse one. */
export const ptzContinuous = (profile: string, v: Vector, spaces: Spaces, timeoutMs: number | null): Operation =>
  write((cam) =>
    cam.continuousMove(
      moving({
        profileToken: safe(profile),
        ...v,
        ...only(v),
        ...safeSpaces(spaces),
        ...(timeoutMs === null ? {} : { timeout: timeoutMs }),
      }),
      ignore,
    ),
  );
export const ptzAbsolute = (profile: string, v: Vector, spaces: Spaces, speed: number | null): Operation =>
  write((cam) =>
    cam.absoluteMove(
      moving({ profileToken: safe(profile), ...v, ...only(v), ...safeSpaces(spaces), ...speedOf(v, speed) }),
      ignore,
    ),
  );

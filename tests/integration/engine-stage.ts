/** A folder for each test of a file, and in it whole engines and demo cameras that end with the test, the last that began first. */
import { afterEach, beforeEach } from 'vitest';
import type { DemoCamera } from '../../src/main/demo/index.ts';
import { openCameras, openEngine, tempFolder } from './engine-rig.ts';

type More = Parameters<typeof openEngine> extends [string, ...infer M] ? M : never;
export type StageRig = Awaited<ReturnType<typeof openEngine>>;

/** To be called where tests are described. */
export function engineStage() {
  let folder: ReturnType<typeof tempFolder>;
  let stops: (() => unknown)[];
  beforeEach(() => {
    folder = tempFolder();
    stops = [];
  });
  afterEach(async () => {
    for (const stop of stops.reverse()) await stop();
    folder.remove();
  });
  const ends = (stop: () => unknown): void => void stops.push(stop);
  /** Once at most, whoever asks first: the test or its end. */
  const endsOnce = (stop: () => Promise<void>): (() => Promise<void>) => {
    let ended: Promise<void> | null = null;
    const once = (): Promise<void> => (ended ??= stop());
    ends(once);
    return once;
  };
  return {
    path: (): string => folder.path,
    ends,
    /** On what an earlier one left, where the test closed that. */
    async open(...more: More): Promise<StageRig> {
      const rig = await openEngine(folder.path, ...more);
      return { ...rig, close: endsOnce(rig.close) };
    },
    async cameras(...at: Parameters<typeof openCameras>) {
      const { site, cameras } = await openCameras(...at);
      return { site, cameras, stop: endsOnce(() => site.stop()) };
    },
  };
}

/** A demo camera as finding it finds it: by its device, with the profiles that devices of the demo have. */
export const foundDraftOf = (camera: DemoCamera, subProfile: 'profile-sub' | null = 'profile-sub') => ({
  url: camera.deviceUrl,
  username: camera.username,
  password: camera.password,
  certificate: null,
  trustedHosts: [],
  source: 'video-source-1',
  mainProfile: 'profile-main',
  subProfile,
  name: camera.name,
  group: null,
  recording: 'always' as const,
  setClock: false,
});

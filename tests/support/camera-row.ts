import { CameraId } from '#domain/id.ts';
import { recordAlways } from '#domain/recording-plan.ts';
import { createUlids } from '#lib/ulid.ts';
import type { CameraRecord } from '../../src/main/engine/index-port.ts';

type NewCamera = Omit<CameraRecord, 'streamIds'>;
const newId = createUlids(() => Date.now());

/** A stream that is always recorded, of a camera that nobody can reach. */
export const cameraStream = (kind: 'main' | 'sub' = 'main'): NewCamera['main'] => ({
  url: `rtsp://127.0.0.1/${kind}`,
  transport: 'auto',
  plan: recordAlways,
});

/** A camera to be put into an index: "Gate", number 1, with a main stream alone; `over` says what is otherwise. */
export const cameraRow = (over: Partial<NewCamera> = {}): NewCamera => ({
  id: CameraId.parse(newId()),
  number: 1,
  name: 'Gate',
  group: null,
  folder: 'gate',
  enabled: true,
  main: cameraStream(),
  sub: null,
  username: null,
  hasPassword: false,
  createdMs: 0,
  tags: [],
  notes: '',
  link: null,
  sealedPassword: null,
  ...over,
});

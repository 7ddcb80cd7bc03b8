/** What a client may call and follow. Every procedure names the role it needs; one without a role is denied. */
import { analysis } from './analysis.ts';
import { archives } from './archives.ts';
import { bookmarks } from './bookmarks.ts';
import { cameraHealth } from './camera-health.ts';
import { cameras } from './cameras.ts';
import { coverage } from './coverage.ts';
import { demo } from './demo.ts';
import { device } from './device.ts';
import { encryption } from './encryption.ts';
import { events } from './events.ts';
import { finding } from './finding.ts';
import { footageSearch } from './footage-search.ts';
import { holds } from './holds.ts';
import { integrity } from './integrity.ts';
import { looks } from './looks.ts';
import { models } from './models.ts';
import { motionSearch } from './motion-search.ts';
import { objects } from './objects.ts';
import { plates } from './plates.ts';
import { playback } from './playback.ts';
import { preferences } from './preferences.ts';
import { privacy } from './privacy.ts';
import { ptz } from './ptz.ts';
import { recording } from './recording.ts';
import { retention } from './retention.ts';
import { session } from './session.ts';
import { sound } from './sound.ts';
import { station } from './station.ts';
import { storage } from './storage.ts';
import { thumbnails } from './thumbnails.ts';
import { timeline } from './timeline.ts';
import { users } from './users.ts';
import { volumes } from './volumes.ts';
import { watching } from './watching.ts';

export type { ProcedureMeta } from './base.ts';

export const contract = {
  station,
  session,
  users,
  cameras,
  finding,
  ptz,
  device,
  cameraHealth,
  objects,
  recording,
  watching,
  looks,
  sound,
  motionSearch,
  plates,
  footageSearch,
  thumbnails,
  privacy,
  coverage,
  retention,
  storage,
  holds,
  bookmarks,
  encryption,
  volumes,
  archives,
  models,
  analysis,
  integrity,
  events,
  timeline,
  playback,
  preferences,
  demo,
};

export type Contract = typeof contract;

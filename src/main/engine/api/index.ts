/** The contract, answered by the engine. Roles are checked by the transport before any of this runs. */
import type { AllAnswers } from '#contract/call.ts';
import type { Clock } from '#lib/clock.ts';
import type { Access } from '../access.ts';
import type { DemoDoor } from '../demo-port.ts';
import type { LiveDoor } from '../live-port.ts';
import type { Engine } from '../rooms.ts';
import { analysisAnswers } from './analysis.ts';
import { cameraHealthAnswers } from './camera-health.ts';
import { camerasAnswers } from './cameras.ts';
import { coverageAnswers } from './coverage.ts';
import { demoAnswers } from './demo.ts';
import { deviceAnswers } from './device.ts';
import { encryptionAnswers } from './encryption.ts';
import { eventsAnswers } from './events.ts';
import { findingAnswers } from './finding.ts';
import { footageSearchAnswers } from './footage-search.ts';
import { integrityAnswers } from './integrity.ts';
import { looksAnswers } from './looks.ts';
import { modelsAnswers } from './models.ts';
import { motionSearchAnswers } from './motion-search.ts';
import { objectsAnswers } from './objects.ts';
import { playbackAnswers } from './playback.ts';
import { placesOf, withoutPlaces } from './places.ts';
import { platesAnswers } from './plates.ts';
import { preferencesAnswers } from './preferences.ts';
import { privacyAnswers } from './privacy.ts';
import { ptzAnswers } from './ptz.ts';
import { archivesAnswers } from './archives.ts';
import { bookmarksAnswers, holdsAnswers, retentionAnswers } from './retention.ts';
import { recordingAnswers } from './recording.ts';
import { sessionAnswers } from './session.ts';
import { soundAnswers } from './sound.ts';
import { stationAnswers } from './station.ts';
import { storageAnswers } from './storage.ts';
import { thumbnailsAnswers } from './thumbnails.ts';
import { timelineAnswers } from './timeline.ts';
import { usersAnswers } from './users.ts';
import { volumesAnswers } from './volumes.ts';
import { watchingAnswers } from './watching.ts';

export type ApiDeps = {
  engine: Pick<
    Engine,
    | 'station'
    | 'cameras'
    | 'devices'
    | 'finding'
    | 'ptz'
    | 'deviceSettings'
    | 'cameraHealth'
    | 'cameraMetadata'
    | 'encryption'
    | 'volumes'
    | 'integrity'
    | 'recordings'
    | 'watchRules'
    | 'lineTallies'
    | 'looks'
    | 'motionSearch'
    | 'sounds'
    | 'plates'
    | 'footageSearch'
    | 'talks'
    | 'retention'
    | 'archives'
    | 'models'
    | 'analysis'
    | 'work'
    | 'storage'
    | 'holds'
    | 'bookmarks'
    | 'events'
    | 'timeline'
    | 'playback'
    | 'thumbnails'
    | 'privacy'
    | 'coverage'
    | 'health'
  >;
  access: Access;
  live: Pick<LiveDoor, 'viewers'>;
  demo: DemoDoor | null;
  clock: Clock;
};

export function createAnswers({ engine, access, live, demo, clock }: ApiDeps): AllAnswers {
  const answers: AllAnswers = {
    station: stationAnswers({
      engine,
      access,
      live,
      demoRunning: () => demo?.running() ?? false,
      nowMs: () => clock.nowMs(),
    }),
    session: sessionAnswers(access),
    users: usersAnswers(access),
    cameras: camerasAnswers(engine.cameras, engine.devices),
    finding: findingAnswers(engine.finding),
    ptz: ptzAnswers(engine.ptz),
    device: deviceAnswers(engine.deviceSettings, engine.talks),
    cameraHealth: cameraHealthAnswers(engine.cameraHealth),
    objects: objectsAnswers(engine.cameraMetadata),
    retention: retentionAnswers(engine.retention),
    archives: archivesAnswers(engine.archives),
    models: modelsAnswers(engine.models),
    analysis: analysisAnswers(engine.analysis, engine.work),
    storage: storageAnswers(engine.storage),
    holds: holdsAnswers(engine.holds),
    bookmarks: bookmarksAnswers(engine.bookmarks),
    encryption: encryptionAnswers(engine.encryption),
    volumes: volumesAnswers(engine.volumes),
    integrity: integrityAnswers(engine.integrity),
    recording: recordingAnswers(engine.recordings),
    watching: watchingAnswers(engine.watchRules, engine.lineTallies),
    looks: looksAnswers(engine.looks),
    sound: soundAnswers(engine.sounds),
    motionSearch: motionSearchAnswers(engine.motionSearch),
    plates: platesAnswers(engine.plates),
    footageSearch: footageSearchAnswers(engine.footageSearch),
    events: eventsAnswers(engine.events),
    timeline: timelineAnswers(engine.timeline),
    playback: playbackAnswers(engine.playback),
    thumbnails: thumbnailsAnswers(engine.thumbnails),
    privacy: privacyAnswers(engine.privacy),
    coverage: coverageAnswers(engine.coverage),
    preferences: preferencesAnswers(access),
    demo: demoAnswers(demo),
  };
  return withoutPlaces(answers, () => placesOf(engine));
}

import { analysis } from './analysis.ts';
import { app } from './app.ts';
import { archive } from './archive.ts';
import { cameras } from './cameras.ts';
import { changes } from './changes.ts';
import { coverage } from './coverage.ts';
import { device } from './device.ts';
import { deviceSettings } from './device-settings.ts';
import { encryption } from './encryption.ts';
import { events } from './events.ts';
import { finding } from './finding.ts';
import { footage } from './footage.ts';
import { health } from './health.ts';
import { integrity } from './integrity.ts';
import { motion } from './motion.ts';
import { objects } from './objects.ts';
import { pictures } from './pictures.ts';
import { plates } from './plates.ts';
import { kept } from './kept.ts';
import { refusal } from './refusal.ts';
import { retention } from './retention.ts';
import { recording } from './recording.ts';
import { session } from './session.ts';
import { settings } from './settings.ts';
import { sound } from './sound.ts';
import { steer } from './steer.ts';
import { storage } from './storage.ts';
import { timeline } from './timeline.ts';
import { trouble } from './trouble.ts';
import { wall } from './wall.ts';
import { watching } from './watching.ts';

export const en = {
  analysis,
  app,
  archive,
  cameras,
  changes,
  coverage,
  device,
  deviceSettings,
  encryption,
  events,
  finding,
  footage,
  health,
  integrity,
  motion,
  objects,
  pictures,
  plates,
  kept,
  refusal,
  retention,
  recording,
  session,
  settings,
  sound,
  steer,
  storage,
  timeline,
  trouble,
  wall,
  watching,
};

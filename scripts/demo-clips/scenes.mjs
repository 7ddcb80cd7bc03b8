/** What is made of each scene. One loop of all: 24 s, which is a whole number of AAC frames at 16 kHz (375). */
export const seconds = 24;

/** Every so many pictures one is kept as a JPEG for snapshots. */
export const stillEvery = 15;

/** `motionFrom`: part of the picture from which on the camera calls it motion; busy places are set less sensitive, as people do. */
export const scenes = {
  gate: {
    camera: 1,
    label: 'GATE',
    width: 1920,
    height: 1080,
    fps: 15,
    codec: 'h264',
    kbps: 310,
    sub: { kbps: 84 },
    motionFrom: 0.004,
  },
  yard: {
    camera: 2,
    label: 'YARD',
    width: 1920,
    height: 1080,
    fps: 15,
    codec: 'h265',
    kbps: 290,
    sub: { kbps: 78 },
    motionFrom: 0.012,
    /** What the camera sees when its head is turned; the demo's plan says at which position each is shown. */
    views: { left: { pan: -30 }, right: { pan: 30 }, near: { pan: -20, tilt: 3, fov: 34 } },
    viewKbps: { main: 96, sub: 38 },
  },
  corridor: {
    camera: 3,
    label: 'CORRIDOR',
    width: 1280,
    height: 720,
    fps: 15,
    codec: 'h264',
    kbps: 230,
    sub: null,
    sound: true,
    motionFrom: 0.004,
  },
  street: {
    camera: 4,
    label: 'STREET',
    width: 1920,
    height: 1080,
    fps: 15,
    codec: 'h264',
    kbps: 310,
    sub: { kbps: 84 },
    motionFrom: 0.03,
  },
};

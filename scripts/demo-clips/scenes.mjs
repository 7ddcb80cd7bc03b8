/** What is made of each scene. One loop of all: 24 s, which is a whole number of AAC frames at 16 kHz (375). */
export const seconds = 24;

export const scenes = {
  gate: { camera: 1, label: 'GATE', width: 1920, height: 1080, fps: 15, codec: 'h264', kbps: 470, sub: { kbps: 84 } },
  yard: { camera: 2, label: 'YARD', width: 1920, height: 1080, fps: 15, codec: 'h265', kbps: 330, sub: { kbps: 78 } },
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
  },
  street: {
    camera: 4,
    label: 'STREET',
    width: 1920,
    height: 1080,
    fps: 15,
    codec: 'h264',
    kbps: 470,
    sub: { kbps: 84 },
  },
};

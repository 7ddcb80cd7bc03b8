/**
 * A clip of a virtual camera: an MP4 file (ISO/IEC 14496-12) with one H.264 or H.265 track of constant frame rate and, if the
 * camera has a microphone, one AAC track of exactly the same length. Only what the project's own script writes is read; any
 * other file is refused with the reason.
 */
export type Clip = {
  codec: 'h264' | 'h265';
  width: number;
  height: number;
  /** Pictures per second. */
  fps: number;
  /** SPS and PPS, for H.265 VPS first; without start codes or lengths. */
  parameterSets: Uint8Array[];
  /** In order; the first is a key picture. NAL units without start codes, parameter sets, delimiters or SEI. */
  pictures: { key: boolean; nals: Uint8Array[] }[];
  audio: { sampleRate: number; channels: number; config: Uint8Array; frames: Uint8Array[] } | null;
};

/** Samples of an AAC frame (ISO/IEC 14496-3, AAC-LC). */
export const aacFrameSamples = 1024;

type Box = { type: string; body: Uint8Array };

const view = (b: Uint8Array): DataView => new DataView(b.buffer, b.byteOffset, b.byteLength);

function* boxes(bytes: Uint8Array): Generator<Box> {
  const v = view(bytes);
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = v.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (size < 8 || at + size > bytes.length) throw new Error(`box ${type} at ${at} runs past its parent`);
    yield { type, body: bytes.subarray(at + 8, at + size) };
    at += size;
  }
}

function child(bytes: Uint8Array, path: string): Uint8Array {
  let body = bytes;
  for (const type of path.split('/')) {
    let found: Uint8Array | null = null;
    for (const box of boxes(body)) {
      if (box.type === type) {
        found = box.body;
        break;
      }
    }
    if (!found) throw new Error(`no ${type} box`);
    body = found;
  }
  return body;
}

/** Where each sample lies in the file (stsz, stsc, stco). */
function samples(file: Uint8Array, stbl: Uint8Array): Uint8Array[] {
  const size = view(child(stbl, 'stsz'));
  const count = size.getUint32(8);
  const same = size.getUint32(4);
  const sizes = Array.from({ length: count }, (_, i) => same || size.getUint32(12 + 4 * i));
  const chunk = view(child(stbl, 'stco'));
  const run = view(child(stbl, 'stsc'));
  const runs = Array.from({ length: run.getUint32(4) }, (_, i) => ({
    first: run.getUint32(8 + 12 * i),
    samples: run.getUint32(12 + 12 * i),
  }));
  const out: Uint8Array[] = [];
  for (let c = 1; c <= chunk.getUint32(4); c++) {
    const perChunk = runs.findLast((r) => r.first <= c)?.samples ?? 0;
    let at = chunk.getUint32(4 + 4 * c);
    for (let s = 0; s < perChunk && out.length < count; s++) {
      const end = at + (sizes[out.length] ?? 0);
      if (end > file.length) throw new Error('a sample runs past the end of the file');
      out.push(file.subarray(at, end));
      at = end;
    }
  }
  if (out.length !== count) throw new Error(`${out.length} of ${count} samples have a place`);
  return out;
}

function splitNals(sample: Uint8Array): Uint8Array[] {
  const v = view(sample);
  const out: Uint8Array[] = [];
  for (let at = 0; at + 4 <= sample.length; ) {
    const end = at + 4 + v.getUint32(at);
    if (end > sample.length) throw new Error('a NAL unit runs past its sample');
    if (end > at + 4) out.push(sample.subarray(at + 4, end));
    at = end;
  }
  return out;
}

function avcParameterSets(avcC: Uint8Array): Uint8Array[] {
  const v = view(avcC);
  const out: Uint8Array[] = [];
  let at = 5;
  for (const mask of [0x1f, 0xff]) {
    const count = v.getUint8(at++) & mask;
    for (let i = 0; i < count; i++) {
      const end = at + 2 + v.getUint16(at);
      out.push(avcC.subarray(at + 2, end));
      at = end;
    }
  }
  return out;
}

function hevcParameterSets(hvcC: Uint8Array): Uint8Array[] {
  const v = view(hvcC);
  const out: { type: number; nal: Uint8Array }[] = [];
  let at = 23;
  for (let arrays = v.getUint8(22); arrays > 0; arrays--) {
    const type = v.getUint8(at) & 0x3f;
    const count = v.getUint16(at + 1);
    at += 3;
    for (let i = 0; i < count; i++) {
      const end = at + 2 + v.getUint16(at);
      if (type >= 32 && type <= 34) out.push({ type, nal: hvcC.subarray(at + 2, end) });
      at = end;
    }
  }
  return out.sort((a, b) => a.type - b.type).map((p) => p.nal);
}

/** AudioSpecificConfig out of an esds box (ISO/IEC 14496-1 §7.2.6). */
function audioConfig(esds: Uint8Array): Uint8Array {
  const v = view(esds);
  let at = 4;
  const open = (tag: number): number => {
    if (v.getUint8(at++) !== tag) throw new Error(`no descriptor ${tag} in esds`);
    let length = 0;
    for (let more = true; more; ) {
      const b = v.getUint8(at++);
      length = (length << 7) | (b & 0x7f);
      more = (b & 0x80) !== 0;
    }
    return length;
  };
  open(3);
  at += 3;
  open(4);
  at += 13;
  const length = open(5);
  return esds.subarray(at, at + length);
}

const isPicture = {
  h264: (nal: Uint8Array): boolean => [1, 5].includes((nal[0] ?? 0) & 0x1f),
  h265: (nal: Uint8Array): boolean => (((nal[0] ?? 0) >> 1) & 0x3f) < 32,
};

/** Reads a clip; throws with the reason for a file that is none. */
export function readClip(file: Uint8Array): Clip {
  let video: Omit<Clip, 'audio'> | null = null;
  let audio: Clip['audio'] = null;
  for (const trak of boxes(child(file, 'moov'))) {
    if (trak.type !== 'trak') continue;
    const mdhd = view(child(trak.body, 'mdia/mdhd'));
    const timescale = mdhd.getUint32(mdhd.getUint8(0) === 1 ? 20 : 12);
    const stbl = child(trak.body, 'mdia/minf/stbl');
    const entry = boxes(child(stbl, 'stsd').subarray(8)).next().value as Box | undefined;
    if (!entry) throw new Error('a track without a sample entry');
    const at = view(entry.body);
    if (entry.type === 'avc1' || entry.type === 'hvc1') {
      const codec = entry.type === 'avc1' ? 'h264' : 'h265';
      const inside = entry.body.subarray(78);
      const stts = view(child(stbl, 'stts'));
      if (stts.getUint32(4) !== 1) throw new Error('the frame rate is not constant');
      const stss = view(child(stbl, 'stss'));
      const keys = new Set(Array.from({ length: stss.getUint32(4) }, (_, i) => stss.getUint32(8 + 4 * i) - 1));
      if (!keys.has(0)) throw new Error('the first picture is not a key picture');
      video = {
        codec,
        width: at.getUint16(24),
        height: at.getUint16(26),
        fps: timescale / stts.getUint32(12),
        parameterSets:
          codec === 'h264' ? avcParameterSets(child(inside, 'avcC')) : hevcParameterSets(child(inside, 'hvcC')),
        pictures: samples(file, stbl).map((s, i) => ({
          key: keys.has(i),
          nals: splitNals(s).filter(isPicture[codec]),
        })),
      };
    } else if (entry.type === 'mp4a') {
      audio = {
        sampleRate: at.getUint32(24) >>> 16,
        channels: at.getUint16(16),
        config: audioConfig(child(entry.body.subarray(28), 'esds')),
        frames: samples(file, stbl),
      };
    } else throw new Error(`sample entry ${entry.type} is not one of a clip`);
  }
  if (!video) throw new Error('no video track');
  return { ...video, audio };
}

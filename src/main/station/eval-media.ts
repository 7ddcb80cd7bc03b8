/** Labelled pictures and clips, as they lie in a folder: `coco/`, `plates/`, `clips/`, each of them where it is there. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { ObjectClass } from '#domain/object-class.ts';
import type { Box } from '#domain/place.ts';
import { StationError } from './stop-with.ts';

/** `crowd`: what is found in it counts neither as right nor as wrong. */
export type Labelled = { class: ObjectClass; box: Box; crowd: boolean };
export type LabelledPicture = { path: string; width: number; height: number; objects: Labelled[] };
export type PlatePicture = {
  path: string;
  width: number;
  height: number;
  /** `text` null: too small or not legible. */
  plates: { box: Box; text: string | null }[];
};
export type LabelledClip = {
  path: string;
  file: string;
  fps: number;
  width: number;
  height: number;
  /** Seconds in which at least one object of the classes is seen. */
  present: { classes: ObjectClass[]; spans: [number, number][]; toleranceS: number } | null;
  /** Boxes by number of frame, from 0. */
  frames: { frame: number; objects: Labelled[] }[];
  /** How many people by number of frame. */
  people: { frame: number; count: number }[];
};
export type Media = { coco: LabelledPicture[]; plates: PlatePicture[]; clips: LabelledClip[] };

const vehicles: ObjectClass[] = ['car', 'bus', 'truck', 'motorcycle'];
/** COCO's category numbers. */
const cocoClasses: Readonly<Record<number, ObjectClass>> = {
  ...{ 1: 'person', 2: 'bicycle', 3: 'car', 4: 'motorcycle', 6: 'bus', 7: 'train', 8: 'truck', 9: 'boat' },
  ...{ 16: 'bird', 17: 'cat', 18: 'dog', 19: 'horse', 27: 'bag', 31: 'bag', 33: 'bag' },
};

const four = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const Coco = z.object({
  images: z.array(z.object({ id: z.number(), file_name: z.string(), width: z.number(), height: z.number() })),
  annotations: z.array(
    z.object({ image_id: z.number(), category_id: z.number(), bbox: four, iscrowd: z.number().default(0) }),
  ),
});
const Plates = z.object({
  width: z.number(),
  height: z.number(),
  images: z.array(
    z.object({ file: z.string(), plates: z.array(z.object({ box: four, text: z.string().nullable() })) }),
  ),
});
const Label = z.string().transform((label): ObjectClass | null => {
  const cls = ObjectClass.safeParse(label === 'vehicle' ? 'car' : label);
  return cls.success ? cls.data : null;
});
const Clips = z.object({
  clips: z.array(
    z.object({
      file: z.string(),
      fps: z.number().positive(),
      width: z.number(),
      height: z.number(),
      label: z.string().optional(),
      tolerance_s: z.number().default(0.5),
      present: z.array(z.tuple([z.number(), z.number()])).optional(),
      frames: z
        .array(
          z.object({
            frame: z.number().int(),
            objects: z.array(z.object({ label: Label, box: four, ignore: z.boolean().default(false) })),
          }),
        )
        .default([]),
      person_count: z.record(z.string(), z.number()).default({}),
    }),
  ),
});

const parts = ([x0, y0, x1, y1]: readonly [number, number, number, number], width: number, height: number): Box => {
  const clamp = (v: number): number => Math.max(0, Math.min(1, v));
  const [left, top] = [clamp(x0 / width), clamp(y0 / height)];
  return { x: left, y: top, width: clamp(x1 / width) - left, height: clamp(y1 / height) - top };
};

/** Which files hold labels, and of what. */
const labels = {
  coco: { path: ['coco', 'annotations.json'], holds: 'pictures with boxes of objects, in the format of COCO' },
  plates: { path: ['plates', 'plates.json'], holds: 'pictures with boxes and texts of number plates' },
  clips: { path: ['clips', 'clips.json'], holds: 'clips with times, boxes or numbers of people' },
} as const;
const described = 'docs/eval.md (“How good the analysis is”) says what stands in these files.';

/** What a person needs to know where there is nothing to evaluate. */
function nothingIn(folder: string): StationError {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory();
  const looked = Object.values(labels).map(({ path, holds }) => {
    const file = join(...path);
    const is = existsSync(join(folder, file)) ? 'it names none' : 'not there';
    return `  ${file.padEnd(24)} ${holds}${isFolder === true ? `: ${is}` : ''}`;
  });
  const inside = Object.values(labels).find(({ path: [, name] }) => existsSync(join(folder, name)));
  return new StationError(
    [
      isFolder === undefined
        ? `There is no folder ${folder}. "vigie eval FOLDER" needs one that holds any of these:`
        : isFolder
          ? `In ${folder} there is nothing to evaluate. Looked for:`
          : `${folder} is a file. "vigie eval FOLDER" needs a folder that holds any of these:`,
      ...looked,
      ...(inside === undefined
        ? []
        : [`There is ${inside.path[1]} itself: name the folder that holds ${inside.path[0]}/.`]),
      described,
    ].join('\n'),
    2,
  );
}

function read<T>(path: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new StationError(`${path} cannot be read as labels: ${why}\n${described}`, 2);
  }
}

/** Throws `StationError` (exit code 2) when there is nothing of the kind, or labels cannot be read. */
export function readMedia(named: string): Media {
  const folder = resolve(named);
  const media: Media = { coco: [], plates: [], clips: [] };
  const coco = join(folder, ...labels.coco.path);
  if (existsSync(coco)) {
    const { images, annotations } = read(coco, Coco);
    media.coco = images.map((image) => ({
      ...{ path: join(folder, 'coco', 'images', image.file_name), width: image.width, height: image.height },
      objects: annotations.flatMap((a): Labelled[] => {
        const cls = cocoClasses[a.category_id];
        if (a.image_id !== image.id || cls === undefined) return [];
        const [x, y, w, h] = a.bbox;
        return [{ class: cls, box: parts([x, y, x + w, y + h], image.width, image.height), crowd: a.iscrowd === 1 }];
      }),
    }));
  }
  const plates = join(folder, ...labels.plates.path);
  if (existsSync(plates)) {
    const { width, height, images } = read(plates, Plates);
    media.plates = images.map((image) => ({
      ...{ path: join(folder, 'plates', image.file), width, height },
      plates: image.plates.map((p) => ({ box: parts(p.box, width, height), text: p.text })),
    }));
  }
  const clips = join(folder, ...labels.clips.path);
  if (existsSync(clips))
    media.clips = read(clips, Clips).clips.map((c) => ({
      ...{ path: join(folder, 'clips', c.file), file: c.file, fps: c.fps, width: c.width, height: c.height },
      present:
        c.present === undefined
          ? null
          : { classes: c.label === 'vehicle' ? vehicles : ['person'], spans: c.present, toleranceS: c.tolerance_s },
      frames: c.frames.map((f) => ({
        frame: f.frame,
        objects: f.objects.flatMap((o): Labelled[] =>
          o.label === null ? [] : [{ class: o.label, box: parts(o.box, c.width, c.height), crowd: o.ignore }],
        ),
      })),
      people: Object.entries(c.person_count).map(([frame, count]) => ({ frame: Number(frame), count })),
    }));
  if (media.coco.length + media.plates.length + media.clips.length === 0) throw nothingIn(folder);
  return media;
}

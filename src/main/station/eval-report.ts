/** What an evaluation found, as text for people. `--json` gives the same as one value. */
import { precisionOf, recallOf, type Tally, type Visits } from './eval-score.ts';

export type CocoReport = {
  pictures: number;
  /** Without people and vehicles, and how many of those raised one. */
  empty: number;
  falseAlarms: number;
  classes: { class: string; tally: Tally; averagePrecision: number | null }[];
};
export type PlateCount = { plates: number; found: number; legible: number; exact: number; alike: number };
export type PlateReport = { pictures: number; camera: PlateCount; zone: PlateCount };
export type ClipReport = {
  file: string;
  seconds: number;
  /** Pictures, and those that a detector looked at. */
  looks: number;
  looked: number;
  events: number;
  motionEvents: number;
  /** Against the seconds in which something is seen. */
  presence: {
    frames: number;
    found: number;
    emptyFrames: number;
    falseFrames: number;
    objects: Visits;
    motion: Visits;
    falsePerHour: number | null;
  } | null;
  /** What is followed in labelled pictures, against their boxes. */
  boxes: { class: string; tally: Tally }[];
  people: { frames: number; equal: number; there: number; found: number } | null;
};
export type EvalReport = {
  model: string;
  plateModel: string | null;
  rate: number;
  pictures: CocoReport | null;
  clips: ClipReport[];
  plates: PlateReport | null;
  /** Over all clips. CPU of the gate for each picture; of preparing, running and reading the model for each that was let through. */
  gate: { pictures: number; let: number; cpuMsPerPicture: number; cpuMsPerLetPicture: number };
};

const share = (value: number | null): string => (value === null ? '  –' : value.toFixed(2));
const of = (part: number, all: number): string =>
  `${part} of ${all}${all === 0 ? '' : ` (${((100 * part) / all).toFixed(1)} %)`}`;
const rates = (t: Tally): string =>
  `recall ${share(recallOf(t))}, precision ${share(precisionOf(t))} (${t.right} right, ${t.wrong} wrong, ${t.missed} missed)`;

export function evalText(report: EvalReport): string {
  const lines: string[] = [`Detector ${report.model}, ${report.rate} pictures a second of clips.`];
  const { pictures, plates, gate } = report;
  if (pictures !== null) {
    lines.push('', `Pictures (${pictures.pictures})`);
    for (const c of pictures.classes)
      lines.push(`  ${c.class.padEnd(8)} ${rates(c.tally)}, AP50 ${share(c.averagePrecision)}`);
    lines.push(`  false alarms in ${of(pictures.falseAlarms, pictures.empty)} pictures without people and vehicles`);
  }
  for (const clip of report.clips) {
    lines.push(
      '',
      `${clip.file} (${clip.seconds.toFixed(0)} s, ${clip.looks} pictures, ${clip.looked} looked at by the detector)`,
    );
    lines.push(`  events   ${clip.events} of objects, ${clip.motionEvents} of motion`);
    const p = clip.presence;
    if (p !== null) {
      lines.push(`  pictures with somebody there: found in ${of(p.found, p.frames)}`);
      lines.push(`  pictures with nobody there: something found in ${of(p.falseFrames, p.emptyFrames)}`);
      for (const [name, v] of [
        ['objects', p.objects],
        ['motion', p.motion],
      ] as const)
        lines.push(
          `  ${name.padEnd(8)} ${v.told} of ${v.visits} visits told, ${v.splits} split, ${v.merged} merged, ${v.false} false`,
        );
      if (p.falsePerHour !== null) lines.push(`  false alarms per hour: ${p.falsePerHour.toFixed(1)}`);
    }
    for (const b of clip.boxes) lines.push(`  ${b.class.padEnd(8)} ${rates(b.tally)}`);
    if (clip.people !== null)
      lines.push(
        `  people   ${clip.people.found} of ${clip.people.there} in ${clip.people.frames} pictures; ${clip.people.equal} pictures with the right number`,
      );
  }
  if (plates !== null) {
    lines.push('', `Plates (${plates.pictures} pictures, reader ${report.plateModel ?? ''})`);
    for (const [name, c] of [
      ['as a camera reads', plates.camera],
      ['in the whole picture', plates.zone],
    ] as const)
      lines.push(
        `  ${name.padEnd(20)} found ${of(c.found, c.plates)}, exact ${of(c.exact, c.legible)}, but for twins ${of(c.alike, c.legible)}`,
      );
  }
  if (gate.pictures > 0)
    lines.push(
      '',
      `Gate: ${of(gate.let, gate.pictures)} pictures of clips let through; CPU ${gate.cpuMsPerPicture.toFixed(2)} ms a picture, and ${gate.cpuMsPerLetPicture.toFixed(1)} ms for each that was let through.`,
    );
  return `${lines.join('\n')}\n`;
}

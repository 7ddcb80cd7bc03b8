/** Colours of the timeline, read from the theme's tokens when the theme changes, and the hatch made of them. */
export type Paint = {
  surface: string;
  ground: string;
  field: string;
  line: string;
  lineStrong: string;
  text: string;
  text2: string;
  text3: string;
  accent: string;
  accentInk: string;
  warn: string;
  bad: string;
  ok: string;
  hatch: CanvasPattern | string;
  face: string;
};

export function readPaint(element: HTMLElement, context: CanvasRenderingContext2D, dpr: number): Paint {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  return {
    surface: token('--surface'),
    ground: token('--ground'),
    field: token('--field'),
    line: token('--line'),
    lineStrong: token('--line-strong'),
    text: token('--text'),
    text2: token('--text-2'),
    text3: token('--text-3'),
    accent: token('--accent'),
    accentInk: token('--accent-ink'),
    warn: token('--warn'),
    bad: token('--bad'),
    ok: token('--ok'),
    hatch: hatchOf(context, token('--warn'), dpr),
    face: style.fontFamily,
  };
}

/** Diagonal lines, 6 px apart, seamless: gaps are seen without colour. */
function hatchOf(context: CanvasRenderingContext2D, colour: string, dpr: number): CanvasPattern | string {
  const size = Math.round(6 * dpr);
  const tile = new OffscreenCanvas(size, size);
  const c = tile.getContext('2d');
  if (!c) return colour;
  c.globalAlpha = 0.16;
  c.fillStyle = colour;
  c.fillRect(0, 0, size, size);
  c.globalAlpha = 0.85;
  c.strokeStyle = colour;
  c.lineWidth = Math.max(1, 1.1 * dpr);
  for (const shift of [-size, 0, size]) {
    c.beginPath();
    c.moveTo(shift - 1, size + 1);
    c.lineTo(shift + size + 1, -1);
    c.stroke();
  }
  const pattern = context.createPattern(tile, 'repeat');
  // Device pixels, whatever the canvas is scaled by.
  pattern?.setTransform(new DOMMatrix().scale(1 / dpr));
  return pattern ?? colour;
}

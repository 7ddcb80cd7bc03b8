/** Events on the timeline: a shape per kind of matter, so that colour is never needed to tell them apart. Pure but for the canvas. */
import type { EventKind } from '#domain/event.ts';
import type { Paint } from './paint.ts';

export type Shape =
  | 'cross'
  | 'ring'
  | 'triangle'
  | 'diamond'
  | 'flag'
  | 'lock'
  | 'dot'
  | 'bar'
  | 'plus'
  | 'square'
  | 'down'
  | 'frame';

export function shapeOf(kind: EventKind): Shape {
  switch (kind) {
    case 'camera-lost':
      return 'cross';
    case 'camera-back':
    case 'disk-back':
      return 'ring';
    case 'camera-added':
    case 'camera-removed':
    case 'camera-changed':
    case 'camera-steering-taken':
    case 'camera-moved':
    case 'segment-recovered':
    case 'back-filled':
      return 'dot';
    case 'station-started':
    case 'station-stopped':
    case 'station-crashed':
    case 'worker-restarted':
    case 'clock-jumped':
    case 'station-suspended':
    case 'recording-moved':
    case 'volume-added':
    case 'volume-changed':
    case 'volume-removed':
    case 'archive-changed':
    case 'tiering-changed':
    case 'retention-changed':
    case 'schedule-changed':
    case 'model-changed':
    case 'camera-clock-off':
    case 'camera-clock-set':
      return 'diamond';
    case 'disk-low':
    case 'disk-slow':
    case 'disk-full':
    case 'disk-error':
    case 'folder-refused':
    case 'minimum-ahead':
    case 'minimum-broken':
    case 'footage-deleted':
    case 'segment-corrupt':
    case 'segment-missing':
    case 'chain-broken':
    case 'index-restored':
    case 'index-backup-failed':
    case 'archive-trouble':
    case 'analysis-slow':
    case 'analysis-failed':
      return 'triangle';
    case 'log-in-blocked':
    case 'hold-placed':
    case 'hold-changed':
    case 'hold-lifted':
    case 'encryption-changed':
    case 'footage-locked':
    case 'footage-plain':
      return 'lock';
    case 'external':
      return 'flag';
    case 'motion':
    case 'sound':
    case 'speech':
    case 'silence':
      return 'bar';
    case 'object':
    case 'loitering':
    case 'crowd':
    case 'plate':
      return 'square';
    case 'line-crossed':
    case 'zone-entered':
    case 'zone-left':
    case 'wrong-way':
    case 'speeding':
    case 'field-entered':
      return 'plus';
    case 'object-left':
    case 'object-taken':
      return 'flag';
    case 'digital-input':
      return 'square';
    case 'tamper':
    case 'storage-failed':
    case 'picture-frozen':
    case 'picture-dark':
    case 'picture-covered':
    case 'picture-moved':
      return 'down';
    case 'bit-rate-off':
    case 'frame-rate-off':
    case 'packet-loss':
      return 'triangle';
    case 'maintenance':
    case 'manual-recording':
      return 'frame';
  }
}

/** Which of the theme's colours goes with the shape. */
export type MarkColour = 'bad' | 'warn' | 'ok' | 'accent' | 'text2';

export function colourNameOf(kind: EventKind): MarkColour {
  switch (kind) {
    case 'camera-lost':
    case 'disk-full':
    case 'disk-error':
    case 'folder-refused':
    case 'station-crashed':
    case 'minimum-broken':
    case 'segment-corrupt':
    case 'segment-missing':
    case 'chain-broken':
    case 'index-restored':
      return 'bad';
    case 'archive-trouble':
    case 'disk-low':
    case 'disk-slow':
    case 'minimum-ahead':
    case 'footage-deleted':
    case 'recording-moved':
    case 'index-backup-failed':
    case 'worker-restarted':
    case 'clock-jumped':
    case 'log-in-blocked':
    case 'footage-locked':
    case 'footage-plain':
    case 'camera-moved':
    case 'camera-clock-off':
    case 'tamper':
    case 'storage-failed':
    case 'picture-frozen':
    case 'picture-dark':
    case 'picture-covered':
    case 'picture-moved':
    case 'bit-rate-off':
    case 'frame-rate-off':
    case 'packet-loss':
    case 'analysis-slow':
    case 'analysis-failed':
    case 'wrong-way':
    case 'speeding':
      return 'warn';
    case 'camera-back':
    case 'disk-back':
    case 'segment-recovered':
    case 'back-filled':
      return 'ok';
    case 'external':
    case 'motion':
    case 'line-crossed':
    case 'field-entered':
    case 'digital-input':
    case 'sound':
    case 'object':
    case 'zone-entered':
    case 'zone-left':
    case 'loitering':
    case 'crowd':
    case 'object-left':
    case 'object-taken':
    case 'plate':
    case 'speech':
    case 'silence':
      return 'accent';
    case 'maintenance':
    case 'station-suspended':
    case 'hold-placed':
    case 'hold-changed':
    case 'hold-lifted':
    case 'manual-recording':
    case 'volume-added':
    case 'volume-changed':
    case 'volume-removed':
    case 'archive-changed':
    case 'tiering-changed':
    case 'retention-changed':
    case 'schedule-changed':
    case 'model-changed':
    case 'camera-added':
    case 'camera-removed':
    case 'camera-changed':
    case 'camera-clock-set':
    case 'camera-steering-taken':
    case 'encryption-changed':
    case 'station-started':
    case 'station-stopped':
      return 'text2';
  }
}

export const colourOf = (kind: EventKind, paint: Paint): string => paint[colourNameOf(kind)];

/** Draws a mark of about 8 px around (x, y). */
export function drawMark(
  c: CanvasRenderingContext2D,
  shape: Shape,
  x: number,
  y: number,
  colour: string,
  ground: string,
): void {
  c.fillStyle = colour;
  c.strokeStyle = colour;
  c.lineWidth = 1.5;
  c.beginPath();
  switch (shape) {
    case 'cross':
      c.rect(x - 4, y - 4, 8, 8);
      c.fill();
      c.strokeStyle = ground;
      c.beginPath();
      c.moveTo(x - 2, y - 2);
      c.lineTo(x + 2, y + 2);
      c.moveTo(x + 2, y - 2);
      c.lineTo(x - 2, y + 2);
      c.stroke();
      return;
    case 'ring':
      c.arc(x, y, 3.2, 0, Math.PI * 2);
      c.stroke();
      return;
    case 'triangle':
      c.moveTo(x, y - 4.5);
      c.lineTo(x + 4.5, y + 3.5);
      c.lineTo(x - 4.5, y + 3.5);
      c.fill();
      return;
    case 'diamond':
      c.moveTo(x, y - 4.5);
      c.lineTo(x + 4, y);
      c.lineTo(x, y + 4.5);
      c.lineTo(x - 4, y);
      c.fill();
      return;
    case 'flag':
      c.rect(x - 3, y - 4.5, 1.4, 9);
      c.moveTo(x - 1.6, y - 4.5);
      c.lineTo(x + 4, y - 2);
      c.lineTo(x - 1.6, y + 0.5);
      c.fill();
      return;
    case 'lock':
      c.rect(x - 3.5, y - 1, 7, 5);
      c.fill();
      c.beginPath();
      c.arc(x, y - 1, 2.2, Math.PI, 0);
      c.stroke();
      return;
    case 'bar':
      c.rect(x - 1.5, y - 4.5, 3, 9);
      c.fill();
      return;
    case 'plus':
      c.rect(x - 1.2, y - 4.5, 2.4, 9);
      c.rect(x - 4.5, y - 1.2, 9, 2.4);
      c.fill();
      return;
    case 'square':
      c.rect(x - 3, y - 3, 6, 6);
      c.fill();
      return;
    case 'down':
      c.moveTo(x, y + 4.5);
      c.lineTo(x + 4.5, y - 3.5);
      c.lineTo(x - 4.5, y - 3.5);
      c.fill();
      return;
    case 'frame':
      c.setLineDash([2, 1.4]);
      c.strokeRect(x - 3.5, y - 3.5, 7, 7);
      c.setLineDash([]);
      return;
    case 'dot':
      c.arc(x, y, 2.6, 0, Math.PI * 2);
      c.fill();
      return;
  }
}

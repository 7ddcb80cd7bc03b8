/** Blackens what of a camera's picture is never shown, in pictures that are drawn or saved. */
import type { Point } from '#domain/place.ts';

type Areas = readonly (readonly Point[])[];
type Pen = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

export function blackenOn(pen: Pen, width: number, height: number, areas: Areas): void {
  pen.fillStyle = '#000';
  for (const points of areas) {
    pen.beginPath();
    for (const p of points) pen.lineTo(p.x * width, p.y * height);
    pen.closePath();
    pen.fill();
  }
}

const quality = 0.92;

/** A JPEG with these parts black. Throws where the picture cannot be decoded: it must not be shown then. */
export async function blackened(jpeg: Blob, areas: Areas): Promise<Blob> {
  if (areas.length === 0) return jpeg;
  const picture = await createImageBitmap(jpeg);
  try {
    const surface = new OffscreenCanvas(picture.width, picture.height);
    const pen = surface.getContext('2d');
    if (!pen) throw new Error('no canvas to draw on');
    pen.drawImage(picture, 0, 0);
    blackenOn(pen, picture.width, picture.height, areas);
    return await surface.convertToBlob({ type: 'image/jpeg', quality });
  } finally {
    picture.close();
  }
}

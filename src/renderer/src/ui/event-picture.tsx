/** The picture that is kept with an event. */
import { useState } from 'react';
import type { Event } from '#domain/event.ts';
import type { Box } from '#domain/place.ts';
import { pictureUrl, viewBoxOf, viewOf } from './event-look.ts';
import './event-picture.css';

export const hasPicture = (event: Event): boolean => event.look?.hasPicture === true;

/** Small: the part of it that matters. Nothing where it is gone meanwhile. */
export function EventThumb({ event }: { event: Event }) {
  const [gone, setGone] = useState(false);
  if (!hasPicture(event) || gone) return null;
  return (
    <img
      className="event-thumb"
      src={pictureUrl(event)}
      alt=""
      loading="lazy"
      decoding="async"
      style={{ objectViewBox: viewBoxOf(viewOf(event.look?.box ?? null)) }}
      onError={() => {
        setGone(true);
      }}
    />
  );
}

/** Whole, with its box. */
export function EventPicture({ event, alt, gone }: { event: Event; alt: string; gone: string }) {
  if (!hasPicture(event)) return null;
  return <Boxed src={pictureUrl(event)} alt={alt} box={event.look?.box ?? null} gone={gone} />;
}

/** A picture with a box; `gone` in its place where it is not there any more. */
export function Boxed({ src, alt, box, gone }: { src: string; alt: string; box: Box | null; gone?: string }) {
  const [failed, setFailed] = useState(false);
  const percent = (part: number): string => `${String(part * 100)}%`;
  if (failed) return gone === undefined ? null : <p className="quiet">{gone}</p>;
  return (
    <div className="event-picture">
      <img
        src={src}
        alt={alt}
        onError={() => {
          setFailed(true);
        }}
      />
      {box === null ? null : (
        <i
          aria-hidden="true"
          style={{
            left: percent(box.x),
            top: percent(box.y),
            width: percent(box.width),
            height: percent(box.height),
          }}
        />
      )}
    </div>
  );
}

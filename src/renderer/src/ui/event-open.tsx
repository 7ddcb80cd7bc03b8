/** The ways from an event's row to all that is known of it: its picture, and a tool beside it. */
import { CircleHelp } from 'lucide-react';
import type { Event } from '#domain/event.ts';
import { EventThumb, hasPicture } from './event-picture.tsx';
import { RowTool } from './row-tool.tsx';

/** `title` says what is opened. */
type Props = { title: string; onOpen: () => void };

/** Nothing where the event has no picture. */
export const EventPictureOpen = ({ event, title, onOpen }: Props & { event: Event }) =>
  hasPicture(event) ? (
    <button type="button" className="event-open" aria-label={title} title={title} onClick={onOpen}>
      <EventThumb event={event} />
    </button>
  ) : null;

export const EventOpen = ({ title, onOpen }: Props) => (
  <RowTool title={title} onClick={onOpen}>
    <CircleHelp size={14} aria-hidden="true" />
  </RowTool>
);

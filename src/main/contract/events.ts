/** Events: list, reasons, told from outside, follow. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { ColourName } from '#domain/colour.ts';
import { EventWhy } from '#domain/event-why.ts';
import { Event, EventKind, ExternalEvent } from '#domain/event.ts';
import { CameraId, EventId, LineId, ZoneId } from '#domain/id.ts';
import { ObjectClass } from '#domain/object-class.ts';
import { TimeMs } from '#domain/time.ts';
import { many, none, num, operator, viewer } from './base.ts';

export const events = {
  /** Newest first; `before` is the id after which the last page ended. INVALID for one that is not there (any more). */
  list: viewer
    .route({ method: 'GET', path: '/events', summary: 'Events, newest first' })
    .input(
      // A filter that is misspelt would let everything through.
      z
        .strictObject({
          fromMs: num(TimeMs.optional()),
          toMs: num(TimeMs.optional()),
          cameraId: many(CameraId).optional(),
          kind: many(EventKind).optional(),
          /** Of the station's own analysis. */
          class: many(ObjectClass).optional(),
          zoneId: many(ZoneId).optional(),
          lineId: many(LineId).optional(),
          /** Of a vehicle, or of upper or lower clothes, as a closer look measured them. */
          colour: many(ColourName).optional(),
          /**
           * Part of a plate (O and 0 are taken for each other), of what was said, or of what a closer look showed (`red car`, `haut blanc`),
           * in letters of either case.
           */
          text: z.string().trim().min(1).max(100).optional(),
          before: EventId.optional(),
          limit: num(z.number().int().min(1).max(500).default(100)),
        })
        .refine((q) => q.fromMs === undefined || q.toMs === undefined || q.toMs > q.fromMs, {
          message: 'it must be later than fromMs',
          path: ['toMs'],
          params: { why: 'order' },
        }),
    )
    .output(z.object({ events: z.array(Event), more: z.boolean() })),
  /**
   * What decided that the station's own analysis told it; null: nothing is known of it. Of those moments of `why` a picture is kept:
   * `/media/events/{id}/{ms}.jpg`.
   */
  why: viewer
    .route({ method: 'GET', path: '/events/{id}/why', summary: 'Why an event was told' })
    .input(z.object({ id: EventId }))
    .output(z.object({ why: EventWhy.nullable(), pictures: z.array(TimeMs).max(100) })),
  create: operator
    .route({
      method: 'POST',
      path: '/events',
      summary: 'Tell the station that something happened',
      successStatus: 201,
    })
    .input(ExternalEvent)
    .output(Event),
  watch: viewer
    .route({ method: 'GET', path: '/events/watch', summary: 'Follow events (server-sent events)' })
    .input(none)
    .output(eventIterator(Event)),
};

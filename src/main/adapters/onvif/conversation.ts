/** Several requests that belong together, under one time limit. */
import type { Clock } from '#lib/clock.ts';
import type { DeviceService } from '#domain/device.ts';
import type { Element } from './element.ts';
import { operation, type Operation } from './envelope.ts';
import {
  getCapabilities,
  getServices,
  readCapabilities,
  readServices,
  type ServicePlace,
  type Services,
} from './services.ts';
import type { Session } from './session.ts';
import { deviceError, isPassing, troubleOf } from './trouble.ts';

export type Conversation = {
  /** Asks the service of an operation; `unsupported` where the device has none. */
  ask(wanted: Operation, options?: { urgent?: boolean; atMostMs?: number }): Promise<Element>;
  services(): Promise<Services>;
  offers(service: DeviceService): Promise<boolean>;
  /** Clock offset of the device, ms. */
  offsetMs(fresh?: boolean): Promise<number | null>;
  /** Milliseconds left. */
  leftMs(): number;
  session: Session;
};

/** What is learned of a device once and used by all conversations. */
export type Conversations = { begin(limitMs: number): Conversation };

export function createConversations(session: Session, clock: Clock): Conversations {
  let known: Promise<Map<DeviceService, ServicePlace>> | null = null;

  function begin(limitMs: number): Conversation {
    const endMs = clock.monoMs() + limitMs;
    const leftMs = (): number => endMs - clock.monoMs();
    const checked = (): number => {
      const left = leftMs();
      if (left <= 0) throw deviceError('timeout', 'The device took too long.');
      return left;
    };

    async function learn(): Promise<Map<DeviceService, ServicePlace>> {
      const base = session.base();
      const limit = (): { timeoutMs: number } => ({ timeoutMs: Math.min(checked(), 6_000) });
      let services = new Map<DeviceService, ServicePlace>();
      let first: unknown = null;
      try {
        services = readServices(
          await session.post(base, operation('device', 'GetServices', getServices), limit()),
          session.base(),
        );
      } catch (error) {
        if (!isPassing(error)) throw error;
        first = error;
      }
      if (!services.has('media') && !services.has('media2')) {
        try {
          const older = await session.post(base, operation('device', 'GetCapabilities', getCapabilities), limit());
          for (const [service, place] of readCapabilities(older, session.base()))
            if (!services.has(service)) services.set(service, place);
        } catch (error) {
          if (services.size === 0) throw troubleOf(first) === 'not-onvif' ? first : error;
          if (!isPassing(error)) throw error;
        }
      }
      services.set('device', { urls: [session.base()], version: services.get('device')?.version ?? null });
      return services;
    }

    function services(): Promise<Map<DeviceService, ServicePlace>> {
      known ??= learn().catch((error: unknown) => {
        known = null;
        throw error;
      });
      return known;
    }

    async function ask(wanted: Operation, options: { urgent?: boolean; atMostMs?: number } = {}): Promise<Element> {
      const place = wanted.service === 'device' ? null : (await services()).get(wanted.service);
      if (place === undefined) throw deviceError('unsupported', `The device has no ${wanted.service} service.`);
      const urls = place?.urls ?? [session.base()];
      for (let i = 0; ; i++) {
        const url = urls[i];
        if (!url) throw deviceError('unsupported', `The device has no ${wanted.service} service.`);
        try {
          const element = await session.post(url, wanted, {
            timeoutMs: Math.min(checked(), options.atMostMs ?? Number.POSITIVE_INFINITY),
            urgent: options.urgent ?? false,
          });
          if (i > 0 && place) place.urls = [url]; // it answers here: no more asking at the other
          return element;
        } catch (error) {
          const trouble = troubleOf(error);
          const elsewhere = trouble === 'unreachable' || trouble === 'not-onvif' || trouble === 'tls';
          if (!elsewhere || i + 1 >= urls.length) throw error;
        }
      }
    }

    return {
      ask,
      services,
      offers: async (service) => (await services()).has(service),
      offsetMs: (fresh) => session.offsetMs(checked(), fresh),
      leftMs,
      session,
    };
  }

  return { begin };
}

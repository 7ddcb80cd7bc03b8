/** Events through PullPoints (ONVIF Core Specification §9; event.wsdl; WS-BaseNotification 1.3). */
import type { Clock } from '#lib/clock.ts';
import type { DeviceClock } from './device-clock.ts';
import type { EventHub, Subscription } from './event-hub.ts';
import { messageXml } from './event-hub.ts';
import type { TopicName } from './event-topics.ts';
import { readFilter, topicDialects, topicSet } from './event-topics.ts';
import { Fault, missing } from './fault.ts';
import type { Call, Handler, Service } from './service.ts';
import { numberIn } from './service.ts';
import { childOf, textOf } from './xml-read.ts';
import type { Xml } from './xml-write.ts';
import { el, flag } from './xml-write.ts';
import { isoTime, readDuration, readTime } from './xsd-time.ts';

const subscriptionPath = '/onvif/subscription/';
const standardMs = 60_000;
const longestMs = 3_600_000;
const longestPullMs = 60_000;
const mostMessages = 100;

export function createEventsService(parts: {
  clock: Pick<Clock, 'monoMs'>;
  deviceClock: DeviceClock;
  hub: EventHub;
  topics: readonly TopicName[];
  maxPullPoints: number;
}): Service {
  const { clock, deviceClock, hub } = parts;

  /** How long from now, of a duration or a moment of the device's clock (wsnt:AbsoluteOrRelativeTimeType). */
  function lifetime(
    text: string | undefined,
    fault: 'UnacceptableInitialTerminationTimeFault' | 'UnacceptableTerminationTimeFault',
  ): number {
    if (text === undefined || text === '') return standardMs;
    const moment = readTime(text);
    const ms = moment === null ? readDuration(text) : moment - deviceClock.nowMs();
    if (ms === null || ms <= 0)
      throw new Fault(
        'Sender',
        ['ter:InvalidArgVal', `ter:${fault}`],
        'The end of the subscription is not to be had.',
        el(
          `wsnt:${fault}`,
          el('wsrfbf:Timestamp', isoTime(deviceClock.nowMs())),
          el('wsnt:MinimumTime', isoTime(deviceClock.nowMs() + 1000)),
        ),
      );
    return Math.min(ms, longestMs);
  }

  const times = (s: Subscription, prefix: 'wsnt' | 'tev'): { current: Xml; termination: Xml } => ({
    current: el(`${prefix}:CurrentTime`, isoTime(deviceClock.nowMs())),
    termination: el(`${prefix}:TerminationTime`, isoTime(deviceClock.nowMs() + s.expiresMs - clock.monoMs())),
  });

  function subscriptionOf(call: Call): Subscription {
    const path = call.path.replace(/[?#].*$/, '');
    const id = path.startsWith(subscriptionPath) ? path.slice(subscriptionPath.length) : '';
    const found = hub.find(id);
    if (!found)
      throw new Fault(
        'Sender',
        ['ter:InvalidArgVal', 'ter:ResourceUnknownFault'],
        'There is no such subscription, or it has ended.',
        el('wsrfbf:ResourceUnknownFault', el('wsrfbf:Timestamp', isoTime(deviceClock.nowMs()))),
      );
    return found;
  }

  const handlers: Record<string, Handler> = {
    GetEventProperties: () =>
      el(
        'tev:GetEventPropertiesResponse',
        el('tev:TopicNamespaceLocation', 'http://www.onvif.org/onvif/ver10/topics/topicns.xml'),
        flag('wsnt:FixedTopicSet', true),
        topicSet(parts.topics),
        topicDialects.map((d) => el('wsnt:TopicExpressionDialect', d)),
        el('tev:MessageContentFilterDialect', 'http://www.onvif.org/ver10/tev/messageContentFilter/ItemFilter'),
        el('tev:MessageContentSchemaLocation', 'http://www.onvif.org/onvif/ver10/schema/onvif.xsd'),
      ),
    CreatePullPointSubscription: (call) => {
      const filter = readFilter(childOf(call.operation, 'Filter'));
      const forMs = lifetime(
        textOf(call.operation, 'InitialTerminationTime'),
        'UnacceptableInitialTerminationTimeFault',
      );
      const s = hub.subscribe(filter, forMs);
      const { current, termination } = times(s, 'wsnt');
      return el(
        'tev:CreatePullPointSubscriptionResponse',
        el('tev:SubscriptionReference', el('wsa:Address', `${call.base}${subscriptionPath}${s.id}`)),
        current,
        termination,
      );
    },
    PullMessages: async (call) => {
      const s = subscriptionOf(call);
      const waitMs = readDuration(textOf(call.operation, 'Timeout') ?? '');
      const limit = numberIn(textOf(call.operation, 'MessageLimit'), 1, 1e9);
      if (waitMs === null || limit === undefined) throw missing('Timeout or MessageLimit');
      const found = await s.pull(Math.min(limit, mostMessages), Math.min(waitMs, longestPullMs), call.gone);
      const { current, termination } = times(s, 'tev');
      return el('tev:PullMessagesResponse', current, termination, found.map(messageXml));
    },
    SetSynchronizationPoint: (call) => {
      subscriptionOf(call).synchronize();
      return el('tev:SetSynchronizationPointResponse');
    },
    Renew: (call) => {
      const s = subscriptionOf(call);
      s.expiresMs =
        clock.monoMs() + lifetime(textOf(call.operation, 'TerminationTime'), 'UnacceptableTerminationTimeFault');
      const { current, termination } = times(s, 'wsnt');
      return el('wsnt:RenewResponse', termination, current);
    },
    Unsubscribe: (call) => {
      subscriptionOf(call).end();
      return el('wsnt:UnsubscribeResponse');
    },
  };
  return {
    prefix: 'tev',
    version: { major: 21, minor: 12 },
    capabilities: () =>
      el('tev:Capabilities', {
        WSSubscriptionPolicySupport: false,
        WSPausableSubscriptionManagerInterfaceSupport: false,
        MaxNotificationProducers: 0,
        MaxPullPoints: parts.maxPullPoints,
        PersistentNotificationStorage: false,
      }),
    handlers,
  };
}

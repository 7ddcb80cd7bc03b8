/** The requests of one PullPoint (ONVIF Core §9.1; WS-BaseNotification 1.3 §5, §7) and what comes back. */
import { candidates } from './address.ts';
import { all, at, textAt, type Element } from './element.ts';
import { namespaces, type Operation } from './envelope.ts';
import { durationText, momentMs } from './time-text.ts';
import { escaped, nothing, xml, type Xml } from './write-xml.ts';

const notification = 'http://docs.oasis-open.org/wsn/b-2';
const addressing = 'http://www.w3.org/2005/08/addressing';

/** Where a subscription lives. */
export type PullPoint = {
  urls: URL[];
  /** Address as the device wrote it: it goes back as `To`, whatever address is really used. */
  to: string;
  /** Header blocks that the device wants back (WS-Addressing 1.0 §2.1 reference parameters). */
  parameters: Xml;
  /** How long it lives without renewal, by the device's own two times; null where it does not tell. */
  lifeMs: number | null;
};

/** `lifeMs` null: as long as the device likes. */
export const createPullPoint = (lifeMs: number | null): Operation => ({
  service: 'events',
  name: 'CreatePullPointSubscription',
  action: `${namespaces.events}/EventPortType/CreatePullPointSubscriptionRequest`,
  body: xml`<CreatePullPointSubscription xmlns="${namespaces.events}">${lifeMs === null ? nothing : xml`<InitialTerminationTime>${durationText(lifeMs)}</InitialTerminationTime>`}</CreatePullPointSubscription>`,
});
export const pullMessages = (waitMs: number, most: number): Operation => ({
  service: 'events',
  name: 'PullMessages',
  action: `${namespaces.events}/PullPointSubscription/PullMessagesRequest`,
  body: xml`<PullMessages xmlns="${namespaces.events}"><Timeout>${durationText(waitMs)}</Timeout><MessageLimit>${most}</MessageLimit></PullMessages>`,
});
export const setSynchronizationPoint = (): Operation => ({
  service: 'events',
  name: 'SetSynchronizationPoint',
  action: `${namespaces.events}/PullPointSubscription/SetSynchronizationPointRequest`,
  body: xml`<SetSynchronizationPoint xmlns="${namespaces.events}"/>`,
});
export const renew = (lifeMs: number): Operation => ({
  service: 'events',
  name: 'Renew',
  action: 'http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager/RenewRequest',
  body: xml`<wsnt:Renew xmlns:wsnt="${notification}"><wsnt:TerminationTime>${durationText(lifeMs)}</wsnt:TerminationTime></wsnt:Renew>`,
});
export const unsubscribe = (): Operation => ({
  service: 'events',
  name: 'Unsubscribe',
  action: 'http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager/UnsubscribeRequest',
  body: xml`<wsnt:Unsubscribe xmlns:wsnt="${notification}"/>`,
});

/** Reads a CreatePullPointSubscriptionResponse; null where it names no usable address. */
export function readPullPoint(response: Element, answered: URL): PullPoint | null {
  const reference = at(response, 'SubscriptionReference');
  const to = textAt(reference, 'Address');
  const urls = to === null ? [] : candidates(to, answered);
  if (to === null || urls.length === 0) return null;
  const parameters = [
    ...(at(reference, 'ReferenceParameters')?.children ?? []),
    ...(at(reference, 'ReferenceProperties')?.children ?? []),
  ]
    .slice(0, 8)
    .map(parameter);
  return { urls, to: to.slice(0, 2048), parameters: xml`${parameters}`, lifeMs: readLife(response) };
}

/** Life left, from the device's own CurrentTime and TerminationTime: its clock may be years off, the difference is right. */
export function readLife(response: Element): number | null {
  const now = momentMs(textAt(response, 'CurrentTime'));
  const end = momentMs(textAt(response, 'TerminationTime'));
  return now === null || end === null || end <= now ? null : Math.min(end - now, 24 * 3_600_000);
}

/** The parameter back as it came, marked as one. */
function parameter(element: Element): Xml {
  if (!/^[A-Za-z_][\w.-]*$/.test(element.name) || element.children.length > 0) return nothing;
  const space = element.space === null ? '' : ` xmlns="${escaped(element.space)}"`;
  return {
    xml: `<${element.name}${space} wsa:IsReferenceParameter="true" xmlns:wsa="${addressing}">${escaped(element.text)}</${element.name}>`,
  };
}

/** Header blocks for a request to the subscription. */
export const addressed = (point: PullPoint, wanted: Operation): Xml =>
  xml`<wsa:Action xmlns:wsa="${addressing}" s:mustUnderstand="1">${wanted.action}</wsa:Action><wsa:To xmlns:wsa="${addressing}" s:mustUnderstand="1">${point.to}</wsa:To>${point.parameters}`;

export const readMessages = (response: Element): Element[] => all(response, 'NotificationMessage').slice(0, 1024);

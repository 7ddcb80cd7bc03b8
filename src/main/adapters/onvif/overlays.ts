/** Texts that the device burns into its picture (Media Service §5.13 and Media2 Service §5.9 On-Screen Display). */
import type { Overlay } from '#domain/encoder.ts';
import type { Conversation } from './conversation.ts';
import { all, at, attribute, short, textAt, type Element } from './element.ts';
import { operation } from './envelope.ts';
import type { MediaProfile } from './profiles.ts';
import { deviceError } from './trouble.ts';
import { nothing, written, xml, type Xml } from './write-xml.ts';

type Service = 'media' | 'media2';

const positions: Record<Overlay['position'], string> = {
  'upper-left': 'UpperLeft',
  'upper-right': 'UpperRight',
  'lower-left': 'LowerLeft',
  'lower-right': 'LowerRight',
  custom: 'Custom',
};
const kinds: Record<string, Overlay['kind']> = {
  Plain: 'text',
  Date: 'date',
  Time: 'time',
  DateAndTime: 'date-time',
};
const kindName = (kind: Overlay['kind']): string => Object.entries(kinds).find(([, k]) => k === kind)?.[0] ?? 'Plain';

/** Reads the overlays of a GetOSDsResponse. */
export const readOverlays = (response: Element): Overlay[] =>
  all(response, 'OSDs')
    .slice(0, 64)
    .flatMap((osd): Overlay[] => {
      const token = short(attribute(osd, 'token'), 128);
      if (token === null) return [];
      const place = textAt(osd, 'Position', 'Type');
      const text = at(osd, 'TextString');
      return [
        {
          token,
          kind: textAt(osd, 'Type') === 'Image' ? 'image' : (kinds[textAt(text, 'Type') ?? 'Plain'] ?? 'text'),
          text: short(textAt(text, 'PlainText')),
          position: (Object.entries(positions).find(([, name]) => name === place)?.[0] ??
            'custom') as Overlay['position'],
        },
      ];
    });

/** The service that serves overlays, and the video source configuration they hang on. */
export async function overlayPlace(
  c: Conversation,
  profiles: MediaProfile[],
  source: string,
): Promise<{ service: Service; configuration: string }> {
  const profile = profiles.find((p) => p.source === source && p.videoSourceConfiguration !== null);
  if (!profile?.videoSourceConfiguration) throw deviceError('unsupported', 'The device has no such video source.');
  return { service: await serviceOf(c), configuration: profile.videoSourceConfiguration };
}
export const serviceOf = async (c: Conversation): Promise<Service> => ((await c.offers('media2')) ? 'media2' : 'media');

const list = (c: Conversation, service: Service, configuration: string | null): Promise<Element> =>
  c.ask(
    operation(
      service,
      'GetOSDs',
      configuration === null ? nothing : xml`<ConfigurationToken>${configuration}</ConfigurationToken>`,
    ),
  );

export async function askOverlays(c: Conversation, service: Service, configuration: string): Promise<Overlay[]> {
  const response = await list(c, service, configuration);
  // Some devices give all of them whatever is asked for.
  const own = all(response, 'OSDs').filter(
    (osd) => (textAt(osd, 'VideoSourceConfigurationToken') ?? configuration) === configuration,
  );
  return readOverlays({ ...response, children: own });
}

function writeText(overlay: Omit<Overlay, 'token'>, before: Element | null): Xml {
  const text = at(before, 'TextString');
  const kind = kindName(overlay.kind);
  const date = kind === 'Date' || kind === 'DateAndTime';
  const time = kind === 'Time' || kind === 'DateAndTime';
  const keep = (name: string): Xml => {
    const found = at(text, name);
    return found ? written(found, 'tt') : nothing;
  };
  return xml`<tt:TextString><tt:Type>${kind}</tt:Type>${date ? (at(text, 'DateFormat') ? keep('DateFormat') : xml`<tt:DateFormat>yyyy-MM-dd</tt:DateFormat>`) : nothing}${time ? (at(text, 'TimeFormat') ? keep('TimeFormat') : xml`<tt:TimeFormat>HH:mm:ss</tt:TimeFormat>`) : nothing}${keep('FontSize')}${keep('FontColor')}${keep('BackgroundColor')}${overlay.kind === 'text' ? xml`<tt:PlainText>${overlay.text ?? ''}</tt:PlainText>` : nothing}</tt:TextString>`;
}

function writeOverlay(
  token: string,
  configuration: string,
  overlay: Omit<Overlay, 'token'>,
  before: Element | null,
): Xml {
  const position = at(before, 'Position');
  const same = overlay.position === 'custom' && position !== null;
  const place = same
    ? written(position, 'tt')
    : xml`<tt:Position><tt:Type>${positions[overlay.position]}</tt:Type></tt:Position>`;
  const image = at(before, 'Image');
  if (overlay.kind === 'image' && !image) throw deviceError('unsupported', 'Pictures are put on at the device itself.');
  const content = overlay.kind === 'image' && image ? written(image, 'tt') : writeText(overlay, before);
  return xml`<OSD token="${token}"><tt:VideoSourceConfigurationToken>${configuration}</tt:VideoSourceConfigurationToken><tt:Type>${overlay.kind === 'image' ? 'Image' : 'Text'}</tt:Type>${place}${content}</OSD>`;
}

export async function setOverlay(c: Conversation, overlay: Overlay): Promise<void> {
  const service = await serviceOf(c);
  const before = all(await list(c, service, null), 'OSDs').find((osd) => attribute(osd, 'token') === overlay.token);
  if (!before) throw deviceError('refused', 'The device has no such overlay any more.');
  const configuration = textAt(before, 'VideoSourceConfigurationToken') ?? '';
  await c.ask(operation(service, 'SetOSD', writeOverlay(overlay.token, configuration, overlay, before)));
}

export async function addOverlay(
  c: Conversation,
  service: Service,
  configuration: string,
  overlay: Omit<Overlay, 'token'>,
): Promise<void> {
  await c.ask(operation(service, 'CreateOSD', writeOverlay('', configuration, overlay, null)));
}

export async function removeOverlay(c: Conversation, token: string): Promise<void> {
  await c.ask(operation(await serviceOf(c), 'DeleteOSD', xml`<OSDToken>${token}</OSDToken>`));
}

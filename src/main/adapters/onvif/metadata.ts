/** What the device sends along beside its pictures: asked and set, with everything else of the configuration as it was. */
import type { Metadata, MetadataChange, MetadataOptions } from '#domain/metadata.ts';
import type { Conversation } from './conversation.ts';
import { all, at, attribute, textAt, truth, type Element } from './element.ts';
import { operation } from './envelope.ts';
import type { MediaProfile } from './profiles.ts';
import { deviceError, optional } from './trouble.ts';
import { escaped, nothing, written, xml, type Xml } from './write-xml.ts';

/** Reads a MetadataConfiguration. */
export const readMetadata = (config: Element): Metadata => ({
  analytics: truth(textAt(config, 'Analytics')),
  events: at(config, 'Events') !== null,
  ptzStatus: truth(textAt(config, 'PTZStatus', 'Status')),
  ptzPosition: truth(textAt(config, 'PTZStatus', 'Position')),
});

/** Reads a GetMetadataConfigurationOptionsResponse; null: the device tells none. */
export function readMetadataOptions(response: Element | null, config: Element): MetadataOptions {
  const head = at(response, 'Options', 'PTZStatusFilterOptions');
  const offers = (what: string): boolean =>
    truth(textAt(head, `PanTilt${what}Supported`)) || truth(textAt(head, `Zoom${what}Supported`));
  const now = readMetadata(config);
  return {
    // There is no option that tells of it: a device that names it can be asked for it, and refuses where it cannot.
    analytics: at(config, 'Analytics') !== null,
    events: true,
    ptzStatus: offers('Status') || now.ptzStatus,
    ptzPosition: offers('Position') || now.ptzPosition,
  };
}

/** A filter of events back as it came: its words belong to other namespaces than ours. */
function kept(element: Element): Xml {
  if (!/^[A-Za-z_][\w.-]*$/.test(element.name)) return nothing;
  const space = element.space === null ? '' : ` xmlns="${escaped(element.space)}"`;
  const dialect = attribute(element, 'Dialect');
  const inner = element.children.map((child) => kept(child).xml).join('') + escaped(element.text);
  return {
    xml: `<${element.name}${space} xmlns:tns1="http://www.onvif.org/ver10/topics"${dialect === null ? '' : ` Dialect="${escaped(dialect)}"`}>${inner}</${element.name}>`,
  };
}

/** The configuration with what is wanted, in the order of the schema (`tt:MetadataConfiguration`, a sequence). */
export function writeMetadata(config: Element, wanted: Metadata): Xml {
  const keep = (name: string): Xml => {
    const found = at(config, name);
    return found ? written(found, 'tt') : nothing;
  };
  const head = wanted.ptzStatus || wanted.ptzPosition || at(config, 'PTZStatus') !== null;
  const events = at(config, 'Events');
  const compression = attribute(config, 'CompressionType');
  return xml`<Configuration token="${attribute(config, 'token') ?? ''}"${compression === null ? nothing : xml` CompressionType="${compression}"`}>${keep('Name')}${keep('UseCount')}${head ? xml`<tt:PTZStatus><tt:Status>${wanted.ptzStatus}</tt:Status><tt:Position>${wanted.ptzPosition}</tt:Position></tt:PTZStatus>` : nothing}${wanted.events ? (events === null ? xml`<tt:Events/>` : kept(events)) : nothing}${at(config, 'Analytics') || wanted.analytics ? xml`<tt:Analytics>${wanted.analytics}</tt:Analytics>` : nothing}${keep('Multicast')}${keep('SessionTimeout')}${keep('AnalyticsEngineConfiguration')}</Configuration>`;
}

async function askConfig(c: Conversation, profile: MediaProfile): Promise<Element> {
  const name = profile.service === 'media2' ? 'GetMetadataConfigurations' : 'GetCompatibleMetadataConfigurations';
  const response = await c.ask(operation(profile.service, name, xml`<ProfileToken>${profile.token}</ProfileToken>`));
  const found = all(response, 'Configurations')[0];
  if (!found) throw deviceError('unsupported', 'The device sends nothing along beside its pictures.');
  return found;
}

export async function askMetadata(
  c: Conversation,
  profile: MediaProfile,
): Promise<{ metadata: Metadata; options: MetadataOptions }> {
  const config = await askConfig(c, profile);
  const inner = xml`<ConfigurationToken>${attribute(config, 'token') ?? ''}</ConfigurationToken><ProfileToken>${profile.token}</ProfileToken>`;
  const options = await optional(c.ask(operation(profile.service, 'GetMetadataConfigurationOptions', inner)), null);
  return { metadata: readMetadata(config), options: readMetadataOptions(options, config) };
}

export async function setMetadata(c: Conversation, profile: MediaProfile, change: MetadataChange): Promise<Metadata> {
  const config = await askConfig(c, profile);
  const now = readMetadata(config);
  const wanted: Metadata = {
    analytics: change.analytics ?? now.analytics,
    events: change.events ?? now.events,
    ptzStatus: change.ptzStatus ?? now.ptzStatus,
    ptzPosition: change.ptzPosition ?? now.ptzPosition,
  };
  const configuration = writeMetadata(config, wanted);
  await c.ask(
    operation(
      profile.service,
      'SetMetadataConfiguration',
      profile.service === 'media2' ? configuration : xml`${configuration}<ForcePersistence>true</ForcePersistence>`,
    ),
  );
  return readMetadata(await askConfig(c, profile));
}

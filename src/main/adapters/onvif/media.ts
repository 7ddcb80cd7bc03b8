/** Stream and snapshot addresses (Media Service §5.11, §5.15; Media2 Service §5.6). */
import { mediaUrl } from './address.ts';
import type { Conversation } from './conversation.ts';
import { textAt } from './element.ts';
import { operation } from './envelope.ts';
import type { MediaProfile } from './profiles.ts';
import { deviceError, isPassing } from './trouble.ts';
import { xml } from './write-xml.ts';

type ProfileRef = Pick<MediaProfile, 'token' | 'service'>;

export async function askStreamUrl(
  c: Conversation,
  profile: ProfileRef,
  transport: 'tcp' | 'udp',
  atMostMs = 6_000,
): Promise<string> {
  const asked =
    profile.service === 'media2'
      ? operation(
          'media2',
          'GetStreamUri',
          xml`<Protocol>${transport === 'tcp' ? 'RTSP' : 'RtspUnicast'}</Protocol><ProfileToken>${profile.token}</ProfileToken>`,
        )
      : operation(
          'media',
          'GetStreamUri',
          xml`<StreamSetup><tt:Stream>RTP-Unicast</tt:Stream><tt:Transport><tt:Protocol>${transport === 'tcp' ? 'RTSP' : 'UDP'}</tt:Protocol></tt:Transport></StreamSetup><ProfileToken>${profile.token}</ProfileToken>`,
        );
  const response = await c.ask(asked, { atMostMs });
  const url = mediaUrl(textAt(response, 'MediaUri', 'Uri') ?? textAt(response, 'Uri'), c.session.base());
  if (url === null || !/^rtsp/.test(url))
    throw deviceError('invalid-answer', 'The device gives no usable stream address for this profile.');
  return url;
}

/** Null where the device makes no snapshots. */
export async function askSnapshotUrl(c: Conversation, profile: ProfileRef, atMostMs = 6_000): Promise<string | null> {
  const response = await c.ask(
    operation(profile.service, 'GetSnapshotUri', xml`<ProfileToken>${profile.token}</ProfileToken>`),
    { atMostMs },
  );
  const url = mediaUrl(textAt(response, 'MediaUri', 'Uri') ?? textAt(response, 'Uri'), c.session.base());
  return url !== null && url.startsWith('http') ? url : null;
}

const snapshotBytes = 8 * 1024 * 1024;

export async function askSnapshot(c: Conversation, profile: ProfileRef): Promise<Uint8Array> {
  const url = await askSnapshotUrl(c, profile);
  if (url === null) throw deviceError('unsupported', 'The device makes no snapshots of this profile.');
  const { bytes } = await c.session.get(url, { timeoutMs: Math.max(1, c.leftMs()), maxBytes: snapshotBytes });
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8)
    throw deviceError('invalid-answer', 'The device sent something other than a JPEG.');
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Both addresses of a profile; null for what the device does not give. */
export async function askAddresses(
  c: Conversation,
  profile: ProfileRef,
): Promise<{ streamUrl: string | null; snapshotUrl: string | null }> {
  const unlessLate = async <T>(work: () => Promise<T>): Promise<T | null> => {
    if (c.leftMs() < 500) return null;
    try {
      return await work();
    } catch (error) {
      if (isPassing(error)) return null;
      throw error;
    }
  };
  const atMostMs = Math.max(1, Math.min(4_000, c.leftMs() - 300));
  const [streamUrl, snapshotUrl] = await Promise.all([
    unlessLate(() => askStreamUrl(c, profile, 'tcp', atMostMs)),
    unlessLate(() => askSnapshotUrl(c, profile, atMostMs)),
  ]);
  return { streamUrl, snapshotUrl };
}

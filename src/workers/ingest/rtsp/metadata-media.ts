/** The metadata that a camera offers beside its pictures (`vnd.onvif.metadata`, ONVIF Streaming Specification §5.2.1.1). */
import type { Depacketizer } from '../depacketize/handler.ts';
import type { Sdp, SdpMedia } from './sdp.ts';

export type MetadataTaker = {
  /**
   * What the description offers: `xml`; `compressed`: the same in gzip or EXI, which is not read; null: nothing. Gives what takes
   * it; null: it is left.
   */
  offered(form: 'xml' | 'compressed' | null): Depacketizer | null;
  /** Whether the camera gives what was to be taken. */
  opened(given: boolean): void;
};

const encoding = 'VND.ONVIF.METADATA';

export function chooseMetadata(
  sdp: Sdp,
  taker: MetadataTaker | undefined,
): { media: SdpMedia; depacketizer: Depacketizer } | null {
  if (taker === undefined) return null;
  const offers = sdp.media.filter(
    (m) => m.kind === 'application' && m.direction !== 'inactive' && m.encoding.startsWith(encoding),
  );
  const media = offers.find((m) => m.encoding === encoding) ?? null;
  const depacketizer = taker.offered(media !== null ? 'xml' : offers.length > 0 ? 'compressed' : null);
  return media === null || depacketizer === null ? null : { media, depacketizer };
}

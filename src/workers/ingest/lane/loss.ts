/** What it means for a stream that its connection ended, or did not come about. */
import type { GapCause } from '#domain/gap.ts';
import type { StreamState, StreamTrouble } from '#domain/stream.ts';
import type { Dropping } from '../record/recorder-port.ts';

/** Why nothing covers from then on. */
export const causeOf = (trouble: StreamTrouble): GapCause => {
  switch (trouble) {
    case 'credentials-missing':
    case 'credentials-refused':
      return 'credentials';
    case 'codec':
    case 'no-video':
      return 'unsupported';
    case 'no-data':
      return 'no-data';
    default:
      return 'camera-lost';
  }
};

/** The state that the stream is in until it is live again. */
export const stateOf = (trouble: StreamTrouble): Extract<StreamState, 'refused' | 'unsupported' | 'lost'> => {
  const cause = causeOf(trouble);
  return cause === 'credentials' ? 'refused' : cause === 'unsupported' ? 'unsupported' : 'lost';
};

/** What is said of a stream whose disk does not keep up. */
export const slowDetail = (dropping: Dropping | null): string =>
  dropping === 'gives-way'
    ? 'The disk is too slow, or was a moment ago: this stream is not recorded, so that more important ones are.'
    : 'The disk is too slow: parts of this stream are not recorded.';

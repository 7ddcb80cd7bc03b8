/** A moment with its day, as a row says it. `ms`: Unix ms. */
import { dateTimeOf } from '../text/format.ts';

export const Time = ({ ms }: { ms: number }) => <time dateTime={new Date(ms).toISOString()}>{dateTimeOf(ms)}</time>;

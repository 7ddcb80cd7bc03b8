/** A certificate's fingerprint, to be compared with another one group by group: no group is broken. */
import { printOf } from '../text/format.ts';

export const Print = ({ pin }: { pin: string }) => <span className="mono print">{printOf(pin)}</span>;

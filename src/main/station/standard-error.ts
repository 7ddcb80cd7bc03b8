/** Standard error of a process that goes on where nobody reads it any more: a closed pipe fails each write anew, for ever. */
import type { Writable } from 'node:stream';

/** Writes lines; of a stream that fails none any more. `onUnread`: called once, with why. */
export function createStandardError(stream: Writable, onUnread: (error: Error) => void): (line: string) => void {
  let unread = false;
  stream.on('error', (error) => {
    if (unread) return;
    unread = true;
    onUnread(error);
  });
  return (line) => {
    if (!unread) stream.write(`${line}\n`);
  };
}

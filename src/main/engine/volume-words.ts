import type { VolumeState } from '#domain/volume.ts';

/** What is wrong with a volume and what to do; null: nothing. */
export function troubleOf(state: VolumeState, path: string): string | null {
  switch (state) {
    case 'ok':
      return null;
    case 'unseen':
      return `${path} was not looked at yet.`;
    case 'slow':
      return `${path} takes long to write. Check the disk, or the network to it; record fewer streams there.`;
    case 'full':
      return `${path} is full: nothing more is recorded there. Make room on it, or keep more of it free.`;
    case 'read-only':
      return `${path} cannot be written: it is read-only, or this station may not write there. What is there plays. Mount it for writing, or change its permissions.`;
    case 'missing':
      return `${path} is not there: the disk is unplugged, or not mounted. Plug it in or mount it; its footage plays again then.`;
    case 'swapped':
      return `${path} holds another volume than it did: the wrong disk is mounted there. Mount the right one, or take this volume out and add that one.`;
    case 'silent':
      return `${path} does not answer: the disk hangs, or the server of the network share is gone. Check the disk, the server and the network.`;
    case 'error':
      return `${path} refuses to be written. Check the disk and its cable.`;
  }
}

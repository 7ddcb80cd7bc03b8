/** What the stand-in's process and the station's pages hold for a test's functions that run there. */
import type { ShellApi } from '#contract/shell.ts';

type Handlers = {
  request: (
    contents: unknown,
    permission: string,
    answer: (granted: boolean) => void,
    details: { isMainFrame: boolean; requestingUrl: string; mediaTypes?: ('audio' | 'video')[] },
  ) => void;
  check: (
    contents: unknown,
    permission: string,
    origin: string,
    details: { isMainFrame: boolean; mediaType?: 'audio' | 'video' | 'unknown' },
  ) => boolean;
  device: () => boolean;
};
declare global {
  var standin: {
    asked: { what: string; args: unknown[] }[];
    handlers: Handlers;
    trays: { tip: string; menu: { getMenuItemById(id: string): { click(): void; label: string } | null } }[];
    utilityPids: () => number[];
  };
  interface Window {
    vigieShell: ShellApi;
  }
}

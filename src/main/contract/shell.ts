/**
 * What the desktop shell offers to a page of its station, beyond what a browser has: `window.vigieShell`, absent in a browser.
 * The shell checks every argument with these schemas and that the asking page is the station's own.
 */
import { z } from 'zod';

/** A place inside the station's app, such as `/wall/2?spot=1`; never another origin. */
export const StationPath = z
  .string()
  .max(2000)
  .regex(/^\/(?![/\\])[^\s\\]*$/, 'not a path of this station');

export const ShellNotification = z.object({
  title: z.string().min(1).max(120),
  body: z.string().max(500),
  /** Stays until a person answers it, where the system can do that. */
  urgent: z.boolean(),
  /** Shown when the notification is clicked. */
  path: StationPath.nullable(),
});
export type ShellNotification = z.infer<typeof ShellNotification>;

export const ShellFile = z.object({
  /** Suggested name, without folders. */
  name: z
    .string()
    .min(1)
    .max(120)
    .regex(/^[^/\\:*?"<>|\u0000-\u001f]+$/, 'not a file name'),
  /** At most 64 MiB; larger things are downloads of the station. */
  bytes: z.instanceof(Uint8Array).refine((b) => b.byteLength <= 64 * 1024 * 1024, 'too large'),
});
export type ShellFile = z.infer<typeof ShellFile>;

export const ShellWindow = z.object({ path: StationPath, displayId: z.number().int() });
export type ShellWindow = z.infer<typeof ShellWindow>;

/** One monitor. */
export type ShellDisplay = {
  id: number;
  label: string;
  width: number;
  height: number;
  primary: boolean;
  current: boolean;
};

export type ShellApi = {
  /** Of the desktop app, for the about page. */
  readonly version: string;
  readonly platform: string;
  notify(notification: ShellNotification): Promise<void>;
  /** Asks the person where to, then writes. */
  saveFile(file: ShellFile): Promise<'saved' | 'cancelled'>;
  /** Primary first. */
  displays(): Promise<ShellDisplay[]>;
  /** Opens a further window on a monitor. */
  openWindow(window: ShellWindow): Promise<void>;
  /** This window; null leaves both. Kiosk hides everything but the page and can only be left from the page or the menu. */
  setScreen(mode: 'full' | 'kiosk' | null): Promise<void>;
};

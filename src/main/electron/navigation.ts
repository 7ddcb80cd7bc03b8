import type { App, Session, WebContents } from 'electron';
import { shell } from 'electron';

/** Whether a window may show an address: pages of its station alone. */
export function isOwnPage(url: string, origin: string | null): boolean {
  if (origin === null) return false;
  try {
    const { protocol, origin: asked } = new URL(url);
    return (protocol === 'http:' || protocol === 'https:') && asked === origin;
  } catch {
    return false;
  }
}

/** Whether an address may be handed to the system's browser. */
export function mayOpenOutside(url: string): boolean {
  try {
    const { protocol, username, password } = new URL(url);
    return protocol === 'https:' && username === '' && password === '';
  } catch {
    return false;
  }
}

/**
 * Locks every window and frame, present and to come, to the station's origin. `action` takes links of the shell's own pages
 * (`vigie:retry`); it returns whether the link was one.
 */
export function lockNavigation(
  app: App,
  origin: () => string | null,
  action: (url: string, contents: WebContents) => boolean,
): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => {
      if (action(event.url, contents) || !isOwnPage(event.url, origin())) event.preventDefault();
    });
    contents.on('will-redirect', (event) => {
      if (!isOwnPage(event.url, origin())) event.preventDefault();
    });
    contents.on('will-frame-navigate', (event) => {
      if (!event.isMainFrame && !isOwnPage(event.url, origin())) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      if (mayOpenOutside(url)) void shell.openExternal(url);
      return { action: 'deny' };
    });
  });
}

/** What a page of the station may ask the system for; everything else is denied. */
const granted = new Set(['fullscreen', 'clipboard-sanitized-write']);

/**
 * Denies permissions by default, to the station's own pages too. The microphone is for talking through cameras: sound alone,
 * and only for a page of the station itself.
 */
export function lockPermissions(session: Session, origin: () => string | null): void {
  session.setPermissionRequestHandler((contents, permission, answer, details) => {
    const kinds = 'mediaTypes' in details ? (details.mediaTypes ?? []) : [];
    const sound = permission === 'media' && kinds.length > 0 && kinds.every((kind) => kind === 'audio');
    const own = isOwnPage(contents.getURL(), origin()) && isOwnPage(details.requestingUrl, origin());
    answer((sound || granted.has(permission)) && own);
  });
  session.setPermissionCheckHandler((_contents, permission, asking, details) => {
    const sound = permission === 'media' && details.mediaType === 'audio';
    return (sound || granted.has(permission)) && isOwnPage(asking, origin());
  });
  session.setDevicePermissionHandler(() => false);
}

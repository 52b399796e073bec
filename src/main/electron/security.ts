import { app, type Session, session, shell, type WebContents } from 'electron';
import { externalUrl, isStudioUrl, mayUsePermission } from './policy.js';

/** Must run before the app is ready: every renderer, whoever opens it, gets the operating system's sandbox. */
export function sandboxEverything(): void {
  app.enableSandbox();
}

function lockPermissions(target: Session, studio: () => string): void {
  target.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
    answer(mayUsePermission(permission, requestingUrl, studio())),
  );
  target.setPermissionCheckHandler((_contents, permission, origin) => mayUsePermission(permission, origin, studio()));
  target.setDevicePermissionHandler(() => false);
  target.setBluetoothPairingHandler((_details, answer) => answer({ confirmed: false }));
}

function lockNavigation(contents: WebContents, studio: () => string): void {
  const openOutside = (url: string) => {
    const safe = externalUrl(url);
    if (safe) void shell.openExternal(safe);
  };
  contents.on('will-navigate', (event) => {
    if (isStudioUrl(event.url, studio())) return;
    event.preventDefault();
    openOutside(event.url);
  });
  // Frames and redirects are never the user's own click on a link: blocked, and nothing is opened instead.
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame && !isStudioUrl(event.url, studio())) event.preventDefault();
  });
  contents.on('will-redirect', (event) => {
    if (!isStudioUrl(event.url, studio())) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url);
    return { action: 'deny' };
  });
}

/** Locks every page of the app, now and later, to the studio's own origin. Call when the app is ready. */
export function lockDown(studio: () => string): void {
  lockPermissions(session.defaultSession, studio);
  app.on('web-contents-created', (_event, contents) => lockNavigation(contents, studio));
}

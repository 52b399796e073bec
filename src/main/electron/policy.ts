import { posix, win32 } from 'node:path';
import * as z from 'zod';
import type { DesktopMethod } from '../../shared/desktop.js';

/**
 * What the window may do. Captured pages, links and tool results are shown in it, so every question is answered for a
 * page that has been taken over. No Electron in here: each decision is tested on its own.
 */

function parse(url: string): URL | null {
  return URL.canParse(url) ? new URL(url) : null;
}

/** True for the studio's own pages: same scheme, host and port. `about:` and `data:` inherit trust, so they are not. */
export function isStudioUrl(url: string, studio: string): boolean {
  const [target, own] = [parse(url), parse(studio)];
  return target !== null && own !== null && target.protocol === 'http:' && target.origin === own.origin;
}

/**
 * The address to hand to the system's browser for a link out of the studio, or null. Only https to a public-looking
 * host and without credentials: anything else could start a program or reach a service on this machine or network.
 */
export function externalUrl(url: string): string | null {
  const target = parse(url);
  if (target?.protocol !== 'https:' || target.username !== '' || target.password !== '') return null;
  const host = target.hostname;
  const isAddress = host.startsWith('[') || /^[\d.]+$/.test(host);
  if (isAddress || !host.includes('.') || /\.(local|localhost|internal|lan|home\.arpa)\.?$/.test(host)) return null;
  return target.href;
}

/** The studio may put text on the clipboard (its copy buttons); everything else is denied to everyone. */
export function mayUsePermission(permission: string, requestingUrl: string, studio: string): boolean {
  return permission === 'clipboard-sanitized-write' && isStudioUrl(requestingUrl, studio);
}

/** A call over the bridge counts only from the studio's own top frame. */
export function mayCallBridge(frame: { url: string; isMainFrame: boolean } | null, studio: string): boolean {
  return frame?.isMainFrame === true && isStudioUrl(frame.url, studio);
}

/** A local absolute path. A UNC path would send the user's Windows credentials to whatever server it names. */
export function mayShowInFolder(path: string, platform: NodeJS.Platform): boolean {
  if (path.includes('\0')) return false;
  if (platform !== 'win32') return posix.isAbsolute(path);
  return win32.isAbsolute(path) && /^[A-Za-z]:[\\/]/.test(path);
}

const filters = z
  .array(z.strictObject({ name: z.string().max(100), extensions: z.array(z.string().max(20)).max(20) }))
  .max(20)
  .optional();

/** The one argument of each bridge function, as the main process checks it. */
export const bridgeArguments = {
  pickFile: z.strictObject({ filters }).optional(),
  pickFolder: z.undefined(),
  saveFile: z.strictObject({ suggestedName: z.string().min(1).max(200), filters }),
  showInFolder: z.string().min(1).max(4096),
  engine: z.undefined(),
} as const satisfies Record<DesktopMethod, z.ZodType>;

/** A file name alone: a page must not choose the folder the dialog opens in. */
export function suggestedFileName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  const clean = last.replace(/[\u0000-\u001f<>:"|?*\u202a-\u202e\u2066-\u2069]/g, '').replace(/^\.+/, '');
  return clean === '' ? 'export' : clean;
}

/** Whether `safeStorage` keeps a secret from other programs, or (Linux without a keyring) only disguises it. */
export function isRealEncryption(available: boolean, platform: NodeJS.Platform, backend: string): boolean {
  return available && (platform !== 'linux' || !['basic_text', 'unknown'].includes(backend));
}

export type Surface = { kind: 'window' } | { kind: 'browser'; reason: string };

/** Where the studio opens. The reason is shown, never hidden. */
export function chooseSurface(machine: {
  platform: NodeJS.Platform;
  /** Electron's executable is there. */
  binary: boolean;
  env: { DISPLAY?: string | undefined; WAYLAND_DISPLAY?: string | undefined };
  isRoot: boolean;
}): Surface {
  const browser = (reason: string): Surface => ({ kind: 'browser', reason });
  const { platform, env } = machine;
  if (platform !== 'win32' && platform !== 'darwin' && !env.DISPLAY && !env.WAYLAND_DISPLAY) {
    return browser('there is no display');
  }
  // Chromium's sandbox does not work for root, and the studio shows hostile content only inside it.
  if (platform === 'linux' && machine.isRoot)
    return browser('as root Chromium has no sandbox, and what was captured is shown only inside one');
  if (!machine.binary) return browser('Electron’s program is not installed here');
  return { kind: 'window' };
}

export interface Crash {
  /** Milliseconds since 1970. */
  at: number;
  /** It had come up before. */
  wasUp: boolean;
}

/**
 * Whether a crashed engine is started again. Not when it did not come up three times in a row, nor when it comes up
 * only to crash (more than thirty times in a minute): then its message must be read.
 */
export function mayRestart(crashes: readonly Crash[], now: number): boolean {
  const neverUp = crashes.length >= 3 && crashes.slice(-3).every(({ wasUp }) => !wasUp);
  return !neverUp && crashes.filter(({ at }) => now - at < 60_000).length <= 30;
}

/**
 * The studio's address `ui` (`…/#token=…`) with the route that the page at `shown` has open, or was about to open when its
 * engine ended.
 */
export function studioAt(ui: string, shown: string): string {
  const hash = parse(shown)?.hash.slice(1) ?? '';
  const route = hash.startsWith('/') ? hash : (new URLSearchParams(hash).get('to') ?? '');
  if (!route.startsWith('/') || route === '/') return ui;
  return `${ui}&to=${encodeURIComponent(route)}`;
}

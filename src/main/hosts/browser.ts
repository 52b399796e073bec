import { spawn } from 'node:child_process';
import { openingAddress } from './opening-address.js';

/**
 * Asks the system to open the studio, at a page of it where one is named; where there is no browser or no display, or the engine does not answer, nothing
 * happens: the address was printed.
 */
export async function openBrowser(engine: { api: string; token: string }, page?: string): Promise<void> {
  if (process.env.CI || process.env.SLUICE_NO_BROWSER || !process.stdout.isTTY) return;
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return;
  const address = await openingAddress(engine).catch(() => null);
  if (address === null) return;
  const url = page === undefined ? address : `${address}&to=${encodeURIComponent(page)}`;
  const [file, args]: [string, string[]] =
    process.platform === 'darwin'
      ? ['open', [url]]
      : process.platform === 'win32'
        ? ['rundll32', ['url.dll,FileProtocolHandler', url]]
        : ['xdg-open', [url]];
  const child = spawn(file, args, { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}

import { spawn } from 'node:child_process';

/** Asks the system to open a page; where there is no browser or no display nothing happens, the address was printed. */
export function openBrowser(url: string): void {
  if (process.env.CI || process.env.SLUICE_NO_BROWSER || !process.stdout.isTTY) return;
  const [file, args]: [string, string[]] =
    process.platform === 'darwin'
      ? ['open', [url]]
      : process.platform === 'win32'
        ? ['rundll32', ['url.dll,FileProtocolHandler', url]]
        : ['xdg-open', [url]];
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return;
  const child = spawn(file, args, { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}

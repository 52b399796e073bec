import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';

export interface Start {
  file: string;
  args: string[];
  /** The arguments are quoted already. */
  verbatim: boolean;
}

/**
 * How a command is started without a shell reading it. On Windows most agents are batch files, which only cmd.exe can start:
 * then every argument is quoted for it, so that none of them is taken for a command.
 */
export function startOf(
  command: string[],
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
): Start {
  const [file, ...args] = command as [string, ...string[]];
  const found = platform === 'win32' ? findOnWindows(file, env) : null;
  if (found === null || !/^\.(cmd|bat)$/i.test(extname(found))) return { file: found ?? file, args, verbatim: false };
  const line = [escapeMeta(found), ...args.map(quoteForBatch)].join(' ');
  return { file: env.comspec ?? env.ComSpec ?? 'cmd.exe', args: ['/d', '/s', '/c', `"${line}"`], verbatim: true };
}

function findOnWindows(file: string, env: NodeJS.ProcessEnv): string | null {
  const path = env.Path ?? env.PATH ?? env.path ?? '';
  const folders = /[\\/]/.test(file) ? [''] : path.split(';');
  const endings = (env.PATHEXT ?? '.COM;.EXE;.BAT;.CMD').split(';');
  for (const folder of folders)
    for (const ending of extname(file) === '' ? endings : ['', ...endings]) {
      const place = folder === '' ? file + ending : join(folder, file + ending);
      if (existsSync(place)) return place;
    }
  return null;
}

function escapeMeta(text: string): string {
  return text.replace(/([()\][%!^"`<>&|;, *?])/g, '^$1');
}

/** Quoted for the program, and its special characters twice for cmd.exe: npm's batch files hand them to a second one. */
function quoteForBatch(text: string): string {
  const quoted = `"${text.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
  return escapeMeta(escapeMeta(quoted));
}

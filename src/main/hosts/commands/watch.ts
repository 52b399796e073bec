import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import type { WatchState } from '../../../shared/contract/intake.js';
import { SluiceError } from '../../../shared/errors.js';
import { importHost } from '../import-client.js';
import { namedHere } from '../mapping-file.js';
import type { EngineFlags } from '../options.js';
import { stopAsked, stopSignal } from '../stop-signal.js';
import { engineFlags } from './engine-flags.js';

/** Where agents keep their session files. */
export function sessionFolders(env: NodeJS.ProcessEnv = process.env): string[] {
  return [
    join(env.CLAUDE_CONFIG_DIR ?? join(homedir(), '.claude'), 'projects'),
    join(env.CODEX_HOME ?? join(homedir(), '.codex'), 'sessions'),
    join(env.GEMINI_CLI_HOME ?? homedir(), '.gemini', 'tmp'),
  ].filter((folder) => existsSync(folder));
}

const reportEveryMs = 1000;

export function watchCommand(): Command {
  return engineFlags(
    new Command('watch').description('follow session files of agents, or other files that grow line by line'),
  )
    .argument('[folder...]', 'folders; by default those of Claude Code, Codex and Gemini CLI in the home folder')
    .option('--as <importer>', 'how .jsonl, .ndjson and .log files are read; map:FILE: as a mapping says')
    .option('--json', 'print a line of JSON at every change')
    .action(async (paths: string[], flags: EngineFlags & { as?: string; json?: boolean }) => {
      const folders = paths.length > 0 ? paths.map((folder) => resolve(folder)) : sessionFolders();
      const missing = folders.find((folder) => !existsSync(folder));
      if (missing !== undefined) throw new SluiceError('usage', `${missing} does not exist.`);
      if (folders.length === 0)
        throw new SluiceError(
          'usage',
          'None of ~/.claude/projects, ~/.codex/sessions and ~/.gemini/tmp exists; name a folder.',
        );
      const asked = stopSignal();
      const host = await importHost(flags, asked);
      const stop = stopAsked(asked);
      try {
        const watch = await host.watch(folders, namedHere(flags.as));
        if (!flags.json) {
          const home =
            paths.length === 0 ? ' (the folders of Claude Code, Codex and Gemini CLI; name others as arguments)' : '';
          process.stdout.write(
            `following ${folders.join(', ')}${home}\n${host.ui === null ? '' : `studio ${host.ui}\n`}Ctrl-C ends it\n`,
          );
        }
        let last = '';
        const tell = (state: WatchState) => {
          const line = flags.json ? JSON.stringify(state) : summary(state);
          if (line !== last) process.stdout.write(`${line}\n`);
          last = line;
        };
        while (!asked.aborted) {
          tell(await watch.state());
          let timer: NodeJS.Timeout | undefined;
          const later = new Promise((wake) => {
            timer = setTimeout(wake, reportEveryMs);
          });
          await Promise.race([stop, later]);
          clearTimeout(timer);
        }
        tell(await watch.end());
      } finally {
        await host.stop();
      }
    });
}

function summary({ files, taken, duplicates, skipped, trace_ids }: WatchState): string {
  return `${files} files, ${taken} records taken, ${duplicates} there already, ${skipped} skipped, ${trace_ids.length} traces`;
}

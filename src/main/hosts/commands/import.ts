import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import { documentFolder } from '../../intake/index.js';
import { importHost } from '../import-client.js';
import { importOutcome, printOutcome, tookNothing } from '../import-outcome.js';
import { namedHere } from '../mapping-file.js';
import type { EngineFlags } from '../options.js';
import { stopSignal } from '../stop-signal.js';
import { engineFlags } from './engine-flags.js';

const maxDepth = 16;
const maxFiles = 100_000;
/** Files in a folder that are no exports: version control, installed packages, the system's own; a database's log is read with it. */
const passedOver = new Set(['node_modules', '.git', '.DS_Store']);

interface ImportFlags extends EngineFlags {
  as?: string;
  json?: boolean;
}

export function importCommand(): Command {
  return engineFlags(new Command('import').description('take traces from files that others wrote'))
    .argument('<file...>', 'files or folders, or - for standard input')
    .option('--as <importer>', 'kind of file, instead of telling it by its content; map:FILE: as a mapping says')
    .option('--json', 'print one line of JSON a file')
    .action(async (paths: string[], flags: ImportFlags) => {
      const files = await allFiles(paths);
      const as = namedHere(flags.as);
      const asked = stopSignal();
      const host = await importHost(flags, asked);
      let failed = 0;
      let empty = 0;
      try {
        for (const file of files) {
          const start = () => (file === '-' ? host.importStdin(as) : host.importFile(file, as));
          const outcome = await importOutcome(host, file, start, { json: flags.json === true, asked });
          if ('error' in outcome) failed += 1;
          else if (tookNothing(outcome.report)) empty += 1;
          printOutcome(outcome, flags.json === true);
        }
        if (!flags.json && host.ui !== null && failed < files.length) process.stdout.write(`studio ${host.ui}\n`);
      } finally {
        await host.stop();
      }
      if (failed + empty > 0) process.exitCode = 1;
    });
}

/** The files that were named, and those in the folders that were named, in their order. */
async function allFiles(paths: string[]): Promise<string[]> {
  const files: string[] = [];
  for (const name of paths) {
    if (name === '-') files.push('-');
    else if (!existsSync(name)) throw new SluiceError('usage', `${name} does not exist.`);
    else if (statSync(name).isDirectory() && (await documentFolder(resolve(name))) === null)
      await walk(resolve(name), 0, files);
    else files.push(resolve(name));
  }
  if (files.length === 0) throw new SluiceError('usage', 'There is no file in it.');
  return files;
}

async function walk(folder: string, depth: number, files: string[]): Promise<void> {
  if (depth > maxDepth) return;
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (passedOver.has(entry.name) || /\.db-(wal|shm)$/.test(entry.name)) continue;
    const path = join(folder, entry.name);
    // Some folders are one document.
    if (entry.isDirectory() && (await documentFolder(path)) !== null) files.push(path);
    else if (entry.isDirectory()) await walk(path, depth + 1, files);
    else if (entry.isFile()) files.push(path);
    if (files.length > maxFiles) throw new SluiceError('usage', `There are more than ${maxFiles} files in it.`);
  }
}

import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import { type ErrorRecord, formatWords, type ImportReport, type Job } from '../../../shared/model/index.js';
import { documentFolder } from '../../intake/index.js';
import { type ImportHost, importHost } from '../import-client.js';
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

type Outcome = { file: string; report: ImportReport } | { file: string; error: ErrorRecord };

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
          const outcome = await importOne(host, file, { ...flags, as }, asked);
          if ('error' in outcome) failed += 1;
          else if (tookNothing(outcome.report)) empty += 1;
          print(outcome, flags.json === true);
        }
        if (!flags.json && host.ui !== null && failed < files.length) process.stdout.write(`studio ${host.ui}\n`);
      } finally {
        await host.stop();
      }
      if (failed + empty > 0) process.exitCode = 1;
    });
}

/** Neither now nor before. */
function tookNothing({ taken, duplicates }: ImportReport): boolean {
  return taken.records + taken.exchanges + duplicates === 0;
}

async function importOne(host: ImportHost, file: string, flags: ImportFlags, asked: AbortSignal): Promise<Outcome> {
  try {
    if (asked.aborted) throw ended();
    let job = file === '-' ? await host.importStdin(flags.as) : await host.importFile(file, flags.as);
    const progress = process.stderr.isTTY && !flags.json;
    while (job.state === 'queued' || job.state === 'running') {
      await sleep(100);
      if (asked.aborted) throw ended();
      job = await host.job(job.job_id);
      if (progress) process.stderr.write(`\r\x1b[K${share(job)}${file} ${job.message}`);
    }
    if (progress) process.stderr.write('\r\x1b[K');
    if (job.state === 'done') return { file, report: job.result as unknown as ImportReport };
    return { file, error: job.error ?? { code: 'job_failed', message: `The import ended ${job.state}.` } };
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return { file, error: { code: error.code, message: error.message } };
  }
}

/** What was taken is stored; the file can be given again, and what was stored before is passed over. */
const ended = () => new SluiceError('shutting_down', 'The import was ended before it was done.');

function share(job: Job): string {
  return job.progress === null ? '' : `${Math.floor(job.progress * 100)} % `;
}

function print(outcome: Outcome, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(outcome)}\n`);
    return;
  }
  if ('error' in outcome) {
    process.stderr.write(`${outcome.file}: ${outcome.error.message} [${outcome.error.code}]\n`);
    return;
  }
  const { taken, duplicates, skipped, skipped_count, importer } = outcome.report;
  const { mended = [], mended_count = 0 } = outcome.report;
  const count = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;
  const parts = [
    ...(taken.exchanges > 0 ? [count(taken.exchanges, 'exchange')] : []),
    ...(taken.records > 0 || taken.exchanges === 0 ? [count(taken.records, 'record')] : []),
    count(taken.calls, 'new call'),
    count(taken.traces, 'trace'),
    ...(duplicates > 0 ? [`${duplicates} already there`] : []),
    ...(skipped_count > 0 ? [`${skipped_count} skipped`] : []),
    ...(mended_count > 0 ? [`${mended_count} mended`] : []),
  ];
  const lines = [`${outcome.file} (${importer}): ${parts.join(', ')}`];
  for (const { where, reason } of skipped.slice(0, 10)) lines.push(`  skipped ${where}: ${reason}`);
  if (skipped_count > 10) lines.push(`  and ${skipped_count - 10} more; --json names them`);
  for (const { where, reason } of mended.slice(0, 10)) lines.push(`  mended ${where}: ${reason}`);
  if (mended_count > 10) lines.push(`  and ${mended_count - 10} more; --json names them`);
  if (outcome.report.text !== undefined) lines.push(...textLines(outcome.report.text));
  process.stdout.write(`${lines.join('\n')}\n`);
  if (tookNothing(outcome.report)) process.stderr.write(`${outcome.file}: nothing of it could be taken.\n`);
}

const shownReasons = 5;

/** How much of what is said in the file is stored, and why the rest is not. */
function textLines({ bytes, stored, skipped }: NonNullable<ImportReport['text']>): string[] {
  const reasons = skipped.filter(({ reason }) => reason !== formatWords);
  if (reasons.length === 0) return [];
  const all = bytes - skipped.reduce((sum, { reason, bytes: left }) => sum + (reason === formatWords ? left : 0), 0);
  const share = (part: number) => `${((100 * part) / all).toFixed(1)} %`;
  const more = reasons.length - shownReasons;
  return [
    `  ${share(stored)} of ${all.toLocaleString('en')} bytes of text stored; not stored:`,
    ...reasons.slice(0, shownReasons).map(({ reason, bytes: left }) => `    ${share(left)} ${reason}`),
    ...(more > 0 ? [`    and ${more} more reasons; --json names them`] : []),
  ];
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

import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '../../shared/errors.js';
import { type ErrorRecord, formatWords, type ImportReport, type Job } from '../../shared/model/index.js';
import type { ImportHost } from './import-client.js';

export type Outcome = { file: string; report: ImportReport } | { file: string; error: ErrorRecord };

/** Neither now nor before. */
export function tookNothing({ taken, duplicates }: ImportReport): boolean {
  return taken.records + taken.exchanges + duplicates === 0;
}

/** Starts an import and waits for its end; `file`: what is told of it is told under that name. */
export async function importOutcome(
  host: ImportHost,
  file: string,
  start: () => Promise<Job>,
  { json, asked }: { json: boolean; asked: AbortSignal },
): Promise<Outcome> {
  try {
    if (asked.aborted) throw ended();
    let job = await start();
    const progress = process.stderr.isTTY && !json;
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

export function printOutcome(outcome: Outcome, json: boolean): void {
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

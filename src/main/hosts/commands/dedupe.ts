import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import {
  type DecontaminationReport,
  type DedupeReport,
  dedupeReportSchema,
  type Job,
  nearLevelSchema,
  nearLevels,
} from '../../../shared/model/index.js';
import { pauses } from '../../ground/pauses.js';
import { deriveKeys, loadMasterKey } from '../../home/keys.js';
import {
  decontaminate,
  dedupe,
  defaultThreshold,
  defaultWords,
  fingerprintText,
  indexFiles,
} from '../../review/index.js';
import { runningEngine } from '../engine-client.js';
import { folderOf } from '../which-folder.js';
import { folderFlag } from './engine-flags.js';
import { finishedJob } from './rescan.js';

interface DedupeFlags {
  dataDir?: string;
  json?: boolean;
  token?: string;
  query: string;
  threshold: string;
  level: string;
  against?: string[];
  words: string;
  saveFingerprints?: string;
}

/** Where an engine runs it does the work, and keeps the clusters; without one the store is read, and nothing is kept. */
export function dedupeCommand(): Command {
  return folderFlag(
    new Command('dedupe').description('find near-duplicates, or texts of benchmarks in what was captured'),
  )
    .option('--query <query>', 'which traces, in the query language', '')
    .option('--threshold <share>', 'Jaccard similarity of word 5-grams, 0.3 to 1', String(defaultThreshold))
    .option('--level <level>', nearLevels.join(', '), 'trajectory')
    .option(
      '--against <file...>',
      'instead: n-grams that traces share with these (txt, jsonl, json, parquet, fingerprints)',
    )
    .option('--words <number>', 'words of an n-gram for --against', String(defaultWords))
    .option(
      '--save-fingerprints <file>',
      'keep the hashed n-grams of the files of --against; --against takes them again',
    )
    .option('--token <token>', 'API token, where the engine was started with one of its own')
    .action(async (flags: DedupeFlags) => {
      const stop = new AbortController();
      const cancel = () => stop.abort(new SluiceError('job_cancelled', 'It was cancelled; nothing was left behind.'));
      process.once('SIGINT', cancel).once('SIGTERM', cancel);
      try {
        if (flags.against !== undefined) await against(flags, flags.against, stop.signal);
        else report(flags, await nearDuplicates(flags, stop.signal));
      } finally {
        process.off('SIGINT', cancel).off('SIGTERM', cancel);
      }
    });
}

async function nearDuplicates(flags: DedupeFlags, signal: AbortSignal): Promise<DedupeReport> {
  const options = {
    query: flags.query,
    level: levelOf(flags.level),
    threshold: numberIn('--threshold', flags.threshold, 0.3, 1),
  };
  const folder = await folderOf(flags);
  const engine = runningEngine(folder, flags.token);
  if (engine !== null) {
    const { job_id } = (await engine.call('POST', '/dedupe', options)) as Job;
    return dedupeReportSchema.parse((await finishedJob(engine, job_id, flags.json ?? false)).result);
  }
  const { near, close } = await openNear(flags);
  try {
    return await dedupe(near, options, { pause: pauses(signal) }, null);
  } finally {
    close();
  }
}

async function against(flags: DedupeFlags, files: string[], signal: AbortSignal): Promise<void> {
  const words = numberIn('--words', flags.words, 3, 100);
  const index = await indexFiles(files, words, signal);
  if (flags.saveFingerprints !== undefined) writeFileSync(resolve(flags.saveFingerprints), fingerprintText(index));
  const { reader, close } = await openNear(flags);
  try {
    const found = await decontaminate(reader.iterateTraces(flags.query, signal), index, pauses(signal));
    const tooShort = index.tooShort;
    process.stdout.write(
      flags.json ? `${JSON.stringify({ ...found, too_short: tooShort })}\n` : `${lines(found, tooShort).join('\n')}\n`,
    );
  } finally {
    close();
  }
}

async function openNear(flags: DedupeFlags) {
  const folder = await folderOf(flags);
  if (!existsSync(folder.database))
    throw new SluiceError('export_empty', `There is nothing captured in ${folder.root} yet.`);
  const [{ openReader }, { nearTools }] = await Promise.all([
    import('../../store/index.js'),
    import('../../engine/near-tools.js'),
  ]);
  const keys = deriveKeys(loadMasterKey(folder));
  const reader = openReader(folder.database, { sealKey: keys.seal });
  return { reader, near: nearTools(reader, keys.pseudonym), close: () => reader.close() };
}

function levelOf(value: string) {
  const level = nearLevelSchema.safeParse(value);
  if (!level.success) throw new SluiceError('usage', `--level is one of ${nearLevels.join(', ')}, not "${value}".`);
  return level.data;
}

function numberIn(flag: string, value: string, least: number, most: number): number {
  const number = Number(value);
  if (value.trim() === '' || !(number >= least && number <= most))
    throw new SluiceError('usage', `${flag} is a number from ${least} to ${most}, not "${value}".`);
  return number;
}

function report({ json }: DedupeFlags, found: DedupeReport): void {
  const { documents, clusters, duplicates, seconds, level, threshold } = found;
  process.stdout.write(
    json
      ? `${JSON.stringify(found)}\n`
      : `${documents} documents (${level}): ${duplicates} near-duplicates in ${clusters} clusters at ${threshold}, ${seconds.toFixed(1)} s\n`,
  );
}

function lines(
  { documents, contaminated, words, fingerprints, items, seconds }: DecontaminationReport,
  tooShort: number,
): string[] {
  return [
    `${contaminated} of ${documents} traces share ${words} words in a row with the files (${fingerprints} n-grams), ${seconds.toFixed(1)} s`,
    ...(tooShort === 0
      ? []
      : [`${tooShort} texts of the files are too short to be told from others and were left out`]),
    ...items
      .slice(0, 50)
      .map(({ trace_id, grams, file, line }) => `  ${trace_id}  ${grams} n-grams, first ${file}:${line}`),
    ...(contaminated > 50 ? [`  and ${contaminated - 50} more (--json names 1,000)`] : []),
  ];
}

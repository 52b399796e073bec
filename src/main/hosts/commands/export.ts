import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import { type ExportOptions, exportOptionsSchema, fileFormatIds, layoutIds } from '../../../shared/model/index.js';
import { deriveKeys, loadMasterKey } from '../../home/keys.js';
import { folderOf } from '../engine-client.js';
import { folderFlag } from './engine-flags.js';

interface ExportFlags {
  dataDir?: string;
  json?: boolean;
  layout: string;
  format: string;
  out: string;
  query: string;
  split?: string;
  seed: string;
}

/** Reads the store directly, so it works beside a running engine and without one. */
export function exportCommand(): Command {
  return folderFlag(new Command('export').description('write a dataset'))
    .requiredOption('--layout <layout>', layoutIds.join(', '))
    .requiredOption('--format <format>', fileFormatIds.join(', '))
    .requiredOption('--out <folder>', 'new folder for the dataset')
    .option('--query <query>', 'which traces, in the query language', '')
    .option('--split <shares>', 'e.g. train=0.9,test=0.1')
    .option('--seed <number>', 'seed of the split', '0')
    .action(async (flags: ExportFlags) => {
      const options = parseOptions(flags);
      const folder = folderOf(flags);
      if (!existsSync(folder.database))
        throw new SluiceError('export_empty', `There is nothing captured in ${folder.root} yet.`);
      const [{ exportDataset }, { openReader }] = await Promise.all([
        import('../../dataset/index.js'),
        import('../../store/index.js'),
      ]);
      const reader = openReader(folder.database, { sealKey: deriveKeys(loadMasterKey(folder)).seal });
      const abort = new AbortController();
      const cancel = () =>
        abort.abort(new SluiceError('job_cancelled', 'The export was cancelled; nothing was left behind.'));
      process.once('SIGINT', cancel).once('SIGTERM', cancel);
      const progress = process.stderr.isTTY && !flags.json;
      try {
        const result = await exportDataset(
          options,
          {
            traces: (query, signal) => reader.iterateTraces(query, signal),
            count: (query) => reader.countTraces(query),
            callMessages: (callId) => reader.callMessages(callId),
            traceSummary: (traceId) => reader.traceSummary(traceId),
          },
          resolve(flags.out),
          {
            signal: abort.signal,
            onProgress(share, message) {
              if (progress)
                process.stderr.write(`\r\x1b[K${share === null ? '' : `${Math.floor(share * 100)} % `}${message}`);
            },
          },
        );
        if (progress) process.stderr.write('\r\x1b[K');
        if (flags.json) {
          process.stdout.write(`${JSON.stringify(result)}\n`);
          return;
        }
        const lines = result.files.map(
          (file) => `  ${file.name}  ${file.rows} rows, ${file.bytes} bytes, sha256 ${file.sha256.slice(0, 16)}…`,
        );
        const skipped = result.skipped.length === 0 ? '' : `, ${result.skipped.length} skipped`;
        process.stdout.write(
          `${result.rows} rows of ${result.traces} traces${skipped} in ${result.out}\n${lines.join('\n')}\n`,
        );
      } finally {
        process.off('SIGINT', cancel).off('SIGTERM', cancel);
        reader.close();
      }
    });
}

function parseOptions(flags: ExportFlags): ExportOptions {
  const split = flags.split?.split(',').map((part): [string, number] => {
    const match = /^([a-z0-9_-]+)=(\d*\.?\d+)$/.exec(part.trim());
    if (!match) throw new SluiceError('usage', `--split needs NAME=SHARE,…, not "${part}".`);
    return [match[1] as string, Number(match[2])];
  });
  const parsed = exportOptionsSchema.safeParse({
    layout: flags.layout,
    format: flags.format,
    query: flags.query,
    seed: Number(flags.seed),
    ...(split ? { split: Object.fromEntries(split) } : {}),
  });
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new SluiceError('usage', `--${String(issue?.path[0])}: ${issue?.message}`);
  }
  return parsed.data;
}

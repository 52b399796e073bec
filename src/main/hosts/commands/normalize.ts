import { Command } from 'commander';
import { TraceNormalizer } from '../../library/trace-normalizer.js';

export function normalizeCommand(): Command {
  return new Command('normalize')
    .description('print the tool calls of a file in the standard shape, redacted; nothing is kept')
    .argument('<file...>', 'files of any kind that import reads')
    .option('--as <importer>', 'kind of file, instead of telling it by its content; map:FILE: as a mapping says')
    .option('--data-dir <folder>', 'data folder whose policy holds (SLUICE_DATA_DIR)')
    .option('--json', 'print {rows, skipped} instead of a row a line')
    .action(async (files: string[], { as, dataDir, json }: { as?: string; dataDir?: string; json?: boolean }) => {
      const normalizer = new TraceNormalizer({
        ...(as === undefined ? {} : { as }),
        ...(dataDir === undefined ? {} : { data_dir: dataDir }),
      });
      for (const file of files) {
        const { rows, skipped } = await normalizer.normalize(file);
        if (json) process.stdout.write(`${JSON.stringify({ file, rows, skipped })}\n`);
        else for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
        if (!json) for (const { where, reason } of skipped) process.stderr.write(`skipped ${where}: ${reason}\n`);
      }
    });
}

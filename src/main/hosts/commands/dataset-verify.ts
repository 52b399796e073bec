import { resolve } from 'node:path';
import { Command } from 'commander';

/** Needs no engine and no data folder. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('whether a dataset’s folder is as its export left it: signature, files, every row')
    .argument('<folder>')
    .option('--json', 'print {ok, rows, trainer, findings, manifest_ok, problems, key_id}')
    .action(async (folder: string, flags: { json?: boolean }) => {
      const { verifyDataset } = await import('../../dataset/index.js');
      const { rows, problems, manifest_ok, key_id } = await verifyDataset(resolve(folder));
      const ok = problems.length === 0;
      if (flags.json) {
        const answer = { ok, rows, trainer: null, findings: [], manifest_ok, problems, key_id };
        process.stdout.write(`${JSON.stringify(answer)}\n`);
      } else {
        for (const { file, row, message } of problems)
          process.stdout.write(`${file}${row === null ? '' : `, row ${row}`}: ${message}\n`);
        process.stdout.write(
          ok
            ? `${rows} rows as they were written; the manifest is signed by ${key_id}\n`
            : `${rows} rows; not as it was written\n`,
        );
      }
      if (!ok) process.exitCode = 1;
    });
}

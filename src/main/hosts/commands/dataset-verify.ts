import { resolve } from 'node:path';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import { datasetIdOf, trainerIds } from '../../../shared/model/index.js';
import { type ContextFlags, contextFlags, contextFrom } from './context-flag.js';

/** Needs no engine and no data folder. */
export function verifyCommand(): Command {
  return contextFlags(new Command('verify'))
    .description('whether a dataset’s folder is as its export left it: signature, files, every row')
    .argument('<folder>')
    .option('--trainer <trainer>', `whose rules the rows are checked by: ${trainerIds.join(', ')}`)
    .option('--json', 'print {ok, rows, trainer, findings, manifest_ok, problems, key_id}')
    .action(async (folder: string, flags: ContextFlags & { json?: boolean; trainer?: string }) => {
      const trainer =
        flags.trainer === undefined ? null : (trainerIds.find((id) => id === datasetIdOf(flags.trainer ?? '')) ?? null);
      if (flags.trainer !== undefined && trainer === null)
        throw new SluiceError('usage', `--trainer: "${flags.trainer}" is none of ${trainerIds.join(', ')}.`);
      const { contextOf, trainerCheck, verifyDataset } = await import('../../dataset/index.js');
      const context = await contextOf({ ...(trainer === null ? {} : { trainer }), ...contextFrom(flags) });
      const check = trainer === null ? null : trainerCheck(trainer, context);
      const files = new Set<string>();
      const { rows, problems, manifest_ok, key_id } = await verifyDataset(resolve(folder), (row, { file }) => {
        files.add(file);
        check?.row(file, JSON.parse(JSON.stringify(row)));
      });
      for (const file of files) check?.endFile(file);
      const findings = check?.named ?? [];
      const ok = problems.length === 0;
      if (flags.json) {
        const answer = {
          ok,
          rows,
          trainer,
          findings,
          summary: check?.summary() ?? null,
          manifest_ok,
          problems,
          key_id,
        };
        process.stdout.write(`${JSON.stringify(answer)}\n`);
      } else {
        for (const { file, row, message } of problems)
          process.stdout.write(`${file}${row === null ? '' : `, row ${row}`}: ${message}\n`);
        for (const { file, row, field, effect, message } of findings)
          process.stdout.write(`${file}${row === null ? '' : `, row ${row}`} ${field}: ${effect}: ${message}\n`);
        const lengths = check?.summary().context;
        if (lengths !== undefined)
          process.stdout.write(
            `${lengths.too_long} rows of more than ${lengths.limit} tokens (${lengths.effect}); the longest has ${lengths.longest} by ${lengths.tokenizer}\n`,
          );
        process.stdout.write(
          ok
            ? `${rows} rows as they were written; the manifest is signed by ${key_id}\n`
            : `${rows} rows; not as it was written\n`,
        );
      }
      if (!ok) process.exitCode = 1;
    });
}

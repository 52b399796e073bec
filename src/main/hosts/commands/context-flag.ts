import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import type { ExportOptions } from '../../../shared/model/index.js';

export interface ContextFlags {
  context?: string;
  tokenizer?: string;
}

/** How long rows may be for the trainer that checks them. */
export function contextFlags(command: Command): Command {
  return command
    .option('--context <tokens>', 'tokens that fit: rows that the trainer would cut or leave out are counted')
    .option('--tokenizer <tokenizer>', 'o200k_base (unless said), o200k_harmony, cl100k_base, or a tokenizer.json');
}

/** Nothing where no limit was given. Throws `usage`. */
export function contextFrom({ context, tokenizer }: ContextFlags): Pick<ExportOptions, 'context'> {
  if (context === undefined) {
    if (tokenizer === undefined) return {};
    throw new SluiceError('usage', '--tokenizer counts what --context limits: give both.');
  }
  if (!/^[1-9]\d{0,8}$/.test(context))
    throw new SluiceError('usage', `--context: "${context}" is no number of tokens.`);
  const named = tokenizer ?? 'o200k_base';
  return { context: { tokens: Number(context), tokenizer: existsSync(named) ? resolve(named) : named } };
}

import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import { draftOf } from '../../intake/index.js';

/** Longer files are looked at no further than this. */
const mostRecords = 200;

export function mapCommand(): Command {
  return new Command('map')
    .description('draft how a format of your own is read, for import --as map:FILE')
    .argument('<file>', 'a file in the format, or - for standard input')
    .option('--name <name>', 'name of the format: small letters, digits and dashes')
    .action(async (file: string, flags: { name?: string }) => {
      const input: AsyncIterable<Uint8Array> = file === '-' ? process.stdin : createReadStream(file);
      const name = flags.name ?? nameOf(file);
      try {
        const { mapping, read, looked, unread } = await draftOf(input, name, mostRecords);
        process.stdout.write(`${JSON.stringify(mapping, null, 2)}\n`);
        const reasons = Object.entries(unread).map(([reason, times]) => `  ${times} not: ${reason}`);
        process.stderr.write([`It reads ${read} tool calls in ${looked} records.`, ...reasons, ''].join('\n'));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (error instanceof SluiceError || code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
        throw new SluiceError('usage', `${file} cannot be read (${code}).`);
      }
    });
}

function nameOf(file: string): string {
  const name = basename(file)
    .toLowerCase()
    .replace(/\.[a-z0-9]+$/, '')
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 40);
  return name === '' ? 'custom' : name;
}

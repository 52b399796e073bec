import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import { augmenterIds } from '../../../shared/model/index.js';
import { type ExportFlags, withExportFlags, writeDataset } from './export.js';

/** What is derived of captured examples alone, as a dataset of its own; without ways it says which there are. */
export function augmentCommand(): Command {
  const command = new Command('augment')
    .description('write what is derived of captured examples, without them')
    .argument('[ways]', `how, several with commas: ${augmenterIds.join(', ')}; left out: what each does`);
  return withExportFlags(command, { out: 'optional' }).action(async (ways: string | undefined, flags: ExportFlags) => {
    const { augmenters } = await import('../../dataset/index.js');
    if (ways === undefined) {
      const listed = Object.values(augmenters).map(({ id, kind, description }) => ({ id, kind, description }));
      const text = listed.map(({ id, kind, description }) => `${id}  (${kind})\n  ${description}\n`).join('');
      process.stdout.write(flags.json === true ? `${JSON.stringify(listed)}\n` : text);
      return;
    }
    if (flags.out === undefined) throw new SluiceError('usage', '--out: a new folder for the dataset is needed.');
    await writeDataset({ ...flags, augment: ways }, true);
  });
}

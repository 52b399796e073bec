import { Command } from 'commander';
import { expect, it } from 'vitest';
import { createCommand } from '../../../src/main/hosts/commands/dataset-versions.js';
import { definitionOf, type RowFlags, withRowFlags } from '../../../src/main/hosts/commands/export.js';
import { datasetDefinitionSchema } from '../../../src/shared/model/index.js';

const definition = (...args: string[]) => {
  const command = withRowFlags(new Command('create').exitOverride());
  command.parse(args, { from: 'user' });
  return definitionOf(command.opts<RowFlags>());
};

it('a definition by flags is the one that a file would be', async () => {
  const made = await definition(
    ...['--package', 'tool_selection,preference', '--format', 'parquet', '--split', 'train=0.9,test=0.1'],
    ...['--query', 'is:reviewed', '--seed', '7', '--trainer', 'trl', '--compress', 'zstd'],
  );
  expect(made).toMatchObject({
    packages: ['tool-selection', 'preference'],
    layouts: [],
    format: 'parquet',
    compress: 'zstd',
    split: { train: 0.9, test: 0.1 },
    query: 'is:reviewed',
    seed: 7,
    trainer: 'trl',
  });
  expect(datasetDefinitionSchema.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
});

it('what makes no sense is refused by its flag, and a file besides flags', async () => {
  await expect(definition('--format', 'jsonl')).rejects.toMatchObject({ code: 'usage' });
  await expect(definition('--package', 'nope', '--format', 'jsonl')).rejects.toThrow(/--package: "nope" is none of/);
  const create = createCommand().exitOverride();
  const both = ['team', '--definition', 'def.json', '--format', 'csv'];
  await expect(create.parseAsync(both, { from: 'user' })).rejects.toThrow(/--format says what --definition says/);
});

import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { engineFlags, folderFlag } from '../../../src/main/hosts/commands/engine-flags.js';
import { flagsBefore } from '../../../src/main/hosts/flags-before.js';

/** The flags that a command gets. */
async function flagsOf(...args: string[]): Promise<object> {
  let flags: object = {};
  const act = (given: object) => {
    flags = { ...given };
  };
  const root = engineFlags(new Command('sluice').enablePositionalOptions().exitOverride())
    .action(act)
    .hook('preAction', flagsBefore);
  const dataset = new Command('dataset').addCommand(folderFlag(new Command('list')).action(act));
  root.addCommand(engineFlags(new Command('serve')).action(act)).addCommand(dataset);
  await root.parseAsync(args, { from: 'user' });
  return flags;
}

describe('flags before a command', () => {
  it('are the command’s, however deep it stands', async () => {
    expect(await flagsOf('--data-dir', '/a', 'serve', '--demo')).toEqual({ dataDir: '/a', demo: true });
    expect(await flagsOf('--demo', 'serve')).toEqual({ demo: true });
    expect(await flagsOf('--data-dir', '/a', 'dataset', 'list')).toEqual({ dataDir: '/a' });
    expect(await flagsOf('--demo')).toEqual({ demo: true });
  });

  it('give way to what stands behind it, and are added to what may be repeated', async () => {
    expect(await flagsOf('--data-dir', '/a', 'serve', '--data-dir', '/b')).toEqual({ dataDir: '/b' });
    expect(await flagsOf('--intercept', 'a.example', 'serve', '--intercept', 'b.example')).toEqual({
      intercept: ['a.example', 'b.example'],
    });
  });

  it('are refused where the command has none such', async () => {
    await expect(flagsOf('--demo', 'dataset', 'list')).rejects.toMatchObject({
      code: 'usage',
      message: '--demo is no flag of list.',
    });
  });
});

import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import type { Status } from '../../../shared/model/index.js';
import { writeCaBundle } from '../../capture/launch/ca-bundle.js';
import { launchVariables, type Shell, shellLines } from '../../capture/launch/environment.js';
import { engineOf } from '../engine-client.js';
import { folderFlag } from './engine-flags.js';

const shells: readonly Shell[] = ['sh', 'fish', 'powershell'];

export function envCommand(): Command {
  return folderFlag(new Command('env').description('print the variables that lead a shell through the proxy'))
    .option('--shell <shell>', 'sh, fish or powershell', 'sh')
    .action(async (flags: { dataDir?: string; json?: boolean; shell: string }) => {
      const shell = shells.find((name) => name === flags.shell);
      if (!shell) throw new SluiceError('usage', `--shell is one of ${shells.join(', ')}, not "${flags.shell}".`);
      const engine = await engineOf(flags);
      const status = (await engine.call('GET', '/status')) as Status;
      const variables = launchVariables({
        proxy: status.proxy,
        caPath: status.ca_path,
        bundlePath: writeCaBundle(status.ca_path),
      });
      process.stdout.write(
        `${flags.json ? JSON.stringify(Object.fromEntries(variables.map(({ name, value }) => [name, value]))) : shellLines(variables, shell)}\n`,
      );
    });
}

import { Command } from 'commander';
import { changeTrust } from '../../capture/launch/trust-store.js';
import { makeDataFolder } from '../../home/folder.js';
import { folderOf } from '../which-folder.js';
import { folderFlag } from './engine-flags.js';

export function caCommand(): Command {
  const command = new Command('ca').description("the studio's certificate authority");
  const load = async (flags: { dataDir?: string }) => {
    const folder = await folderOf(flags);
    makeDataFolder(folder);
    const { loadOrCreateCa } = await import('../../capture/ca.js');
    return loadOrCreateCa(folder.root);
  };
  const path = folderFlag(new Command('path').description('print where the certificate lies')).action(
    async (flags: { dataDir?: string; json?: boolean }) => {
      const { certPath } = await load(flags);
      process.stdout.write(`${flags.json ? JSON.stringify({ path: certPath }) : certPath}\n`);
    },
  );
  command.addCommand(path, { isDefault: true });
  for (const action of ['install', 'remove'] as const) {
    const description =
      action === 'install'
        ? "add it to the system's trusted certificates"
        : "take it out of the system's trusted certificates";
    command.addCommand(
      folderFlag(new Command(action).description(description)).action(
        async (flags: { dataDir?: string; json?: boolean }) => {
          const { certPath } = await load(flags);
          const store = changeTrust(action, certPath);
          process.stdout.write(
            `${flags.json ? JSON.stringify({ action, store, path: certPath }) : `${action === 'install' ? 'Added to' : 'Removed from'} ${store}.`}\n`,
          );
        },
      ),
    );
  }
  return command;
}

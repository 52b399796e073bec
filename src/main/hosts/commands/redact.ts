import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import { makeDataFolder } from '../../home/folder.js';
import { deriveKeys, loadMasterKey } from '../../home/keys.js';
import { knownSecrets } from '../../home/known-values.js';
import { readPolicyFile } from '../../home/settings-file.js';
import { folderOf } from '../engine-client.js';
import { folderFlag } from './engine-flags.js';

/** Redacts files with the studio's own policy and key: the same value gets the same pseudonym as in captures. */
export function redactCommand(): Command {
  return folderFlag(new Command('redact').description('print files with secrets and personal data replaced'))
    .argument('<file...>', 'files, or - for standard input')
    .action(async (files: string[], flags: { dataDir?: string; json?: boolean }) => {
      const { createRedactor, defaultPolicy, loadPolicy } = await import('../../redact/index.js');
      const folder = folderOf(flags);
      makeDataFolder(folder);
      const policy = readPolicyFile(folder);
      const redactor = createRedactor({
        policy: policy === undefined ? defaultPolicy : loadPolicy(policy),
        key: deriveKeys(loadMasterKey(folder)).pseudonym,
        known: knownSecrets(process.env, process.env.SLUICE_TOKEN ?? ''),
      });
      for (const file of files) {
        let text: string;
        try {
          text = readFileSync(file === '-' ? 0 : file, 'utf8');
        } catch (error) {
          throw new SluiceError('usage', `${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
        }
        const result = redactor.text(text, file === '-' ? 'stdin' : file);
        process.stdout.write(
          flags.json ? `${JSON.stringify({ file, text: result.text, findings: result.findings })}\n` : result.text,
        );
      }
    });
}

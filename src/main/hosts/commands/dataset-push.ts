import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import { hubRepoSchema } from '../../../shared/model/index.js';
import { folderOf } from '../which-folder.js';
import { folderFlag } from './engine-flags.js';
import { commandActor, overrideOf, writingDatasets } from './writing-datasets.js';

interface Flags {
  dataDir?: string;
  json?: boolean;
  version?: string;
  repo: string;
  private?: boolean;
  endpoint?: string;
  tokenFile?: string;
  allowLeaks?: string;
  reason?: string;
}

/** Runs in the command's own process: the Hub's token is that of whoever calls it. */
export function pushCommand(): Command {
  const description =
    'a version to a dataset repository of the Hugging Face Hub; what is there already is not sent again';
  return folderFlag(new Command('push').description(description))
    .argument('<name>')
    .requiredOption('--repo <owner/name>', 'repository; made where it is not there')
    .option('--version <n>', 'version; left out: the newest')
    .option('--private', 'make it a private repository; one that is there and public is refused')
    .option('--endpoint <url>', 'where the Hub is (HF_ENDPOINT)')
    .option('--token-file <file>', 'file that holds the Hub’s token; left out: HF_TOKEN, or what `hf auth login` wrote')
    .option('--allow-leaks <name>', 'push a version that was built with leaks: who takes that on')
    .option('--reason <text>', 'why, for the audit log')
    .action(async (name: string, flags: Flags) => {
      const repo = hubRepoSchema.safeParse(flags.repo);
      if (!repo.success)
        throw new SluiceError('usage', `--repo: "${flags.repo}" is not ${repo.error.issues[0]?.message}.`);
      const { datasetFiles, hubEndpoint, hubToken, hubClient, planPush } = await import('../../dataset/index.js');
      const endpoint = hubEndpoint(flags.endpoint, process.env);
      const token = hubToken(process.env, flags.tokenFile ?? null);
      const allow = overrideOf(flags);
      const folder = await folderOf(flags);
      const cancelled = 'The push was cancelled; what arrived is not sent again.';
      const pushed = await writingDatasets(folder, { json: flags.json === true, allow, cancelled }, async (tools) => {
        const { source, secondLook } = tools;
        const { signal, onProgress } = tools.control;
        const asked = { name, version: numberOf(flags.version), allow_leaks: allow };
        const plan = await planPush(asked, datasetFiles(folder.datasets), source, {
          signal,
          onProgress: (message) => onProgress(null, message),
          secondLook,
        });
        const order = { ...asked, version: plan.version, repo: repo.data, private: flags.private === true, endpoint };
        const control = { signal, onProgress, onNote: (line: string) => onProgress(null, line) };
        const { pushVersion } = await hubClient();
        return pushVersion({ ...order, actor: commandActor }, plan, token, control, tools.record);
      });
      const { version, url, commit, files, sent, deleted } = pushed;
      const gone = deleted === 0 ? '' : `, ${deleted} of an earlier version deleted`;
      process.stdout.write(
        flags.json
          ? `${JSON.stringify(pushed)}\n`
          : `version ${version} of ${name} is at ${url}${commit === null ? '' : ` (${commit})`}: ${sent.files} of ${files} files sent, ${sent.bytes} bytes${gone}\n`,
      );
    });
}

function numberOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new SluiceError('usage', `--version: "${text}" is none: they count from 1.`);
  return Number(text);
}

import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import { actionFor, entities } from '../../../shared/policy.js';
import type { PolicyFile, RedactionPolicy } from '../../../shared/policy-file.js';
import { type PresetId, policyPresets, presetIds } from '../../../shared/policy-presets.js';
import { parseJson } from '../../ground/json.js';
import { type DataFolder, makeDataFolder } from '../../home/folder.js';
import { readPolicyFile, writePolicyFile } from '../../home/settings-file.js';
import { parsePolicyFile, policyChanges, resolvePolicy, sparsePolicyFile } from '../../redact/index.js';
import { runningEngine } from '../engine-client.js';
import { folderOf } from '../which-folder.js';
import { folderFlag } from './engine-flags.js';

interface PolicyFlags {
  dataDir?: string;
  json?: boolean;
  token?: string;
}

interface Change {
  policy: RedactionPolicy;
  changed: string[];
  job: { job_id: string } | null;
}

export function policyCommand(): Command {
  return new Command('policy')
    .description('what is done with what redaction finds')
    .addCommand(
      common(
        new Command('show').description('the policy of the data folder, filled in from preset and defaults'),
      ).action((flags: PolicyFlags) => show(flags)),
      { isDefault: true },
    )
    .addCommand(
      common(new Command('check').description('say whether a file is a policy, and what it would change'))
        .argument('<file>', 'a policy file, or - for standard input')
        .action((file: string, flags: PolicyFlags) => check(file, flags)),
    )
    .addCommand(
      common(new Command('use').description('take a preset; what the policy file sets itself still wins'))
        .argument('<preset>', `${presetIds.join(', ')}, or none`)
        .action((preset: string, flags: PolicyFlags) => use(preset, flags)),
    );
}

function common(command: Command): Command {
  return folderFlag(command).option('--token <token>', 'API token, where the engine was started with one of its own');
}

async function show(flags: PolicyFlags): Promise<void> {
  const folder = await folderOf(flags);
  const file = fileOf(folder);
  const policy = resolvePolicy(file);
  print(flags, { path: folder.policy, file, policy }, () => [
    `Preset: ${policy.preset ?? 'none'}`,
    ...entities.map((entity) => {
      const own = file.actions?.[entity] === undefined ? '' : '  (own)';
      return `${entity.padEnd(16)} ${actionFor(policy, entity)}${own}`;
    }),
    `Consent for exports: ${policy.consent.required ? 'required' : 'not required'}`,
    folder.policy,
  ]);
}

async function check(path: string, flags: PolicyFlags): Promise<void> {
  let text: string;
  try {
    text = readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new SluiceError('usage', `${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  const json = parseJson(text);
  if (json === undefined) throw new SluiceError('policy_invalid', `${path} is not JSON.`, { field: 'the file' });
  const policy = resolvePolicy(parsePolicyFile(json));
  const { changed, stricter } = policyChanges(resolvePolicy(fileOf(await folderOf(flags))), policy);
  print(flags, { valid: true, changed, stricter }, () => [
    changed.length === 0 ? 'Valid; nothing would change.' : `Valid; would change ${changed.join(', ')}.`,
    ...(stricter ? ['It is stricter in part: what is stored would be redacted anew.'] : []),
  ]);
}

async function use(name: string, flags: PolicyFlags): Promise<void> {
  const preset = name === 'none' ? null : presetIds.find((id) => id === name);
  if (preset === undefined) {
    throw new SluiceError('usage', `There is no preset ${name}; there are ${presetIds.join(', ')} and none.`);
  }
  const { changed, job } = await apply(preset, flags);
  const chosen = policyPresets.find(({ id }) => id === preset);
  print(flags, { preset, changed, job_id: job?.job_id ?? null }, () => [
    changed.length === 0 ? 'Nothing changed.' : `Changed ${changed.join(', ')}.`,
    ...(job === null ? [] : [`What is stored is redacted anew: job ${job.job_id}.`]),
    ...(chosen === undefined
      ? []
      : ['', `${chosen.title} leaves to you:`, ...chosen.limits.map((limit) => `- ${limit}`)]),
  ]);
}

/** Through the engine where one runs, so that it holds at once; else in the file, for the next start. */
async function apply(preset: PresetId | null, flags: PolicyFlags): Promise<Change> {
  const folder = await folderOf(flags);
  const engine = runningEngine(folder, flags.token);
  if (engine !== null) {
    const { file } = (await engine.call('GET', '/policy')) as { file: PolicyFile };
    return (await engine.call('PUT', '/policy', { ...file, preset })) as Change;
  }
  makeDataFolder(folder);
  const before = fileOf(folder);
  const next = sparsePolicyFile({ ...before, preset });
  writePolicyFile(folder, next);
  const policy = resolvePolicy(next);
  return { policy, changed: policyChanges(resolvePolicy(before), policy).changed, job: null };
}

function fileOf(folder: DataFolder): PolicyFile {
  return parsePolicyFile(readPolicyFile(folder) ?? {});
}

function print(flags: PolicyFlags, value: unknown, lines: () => string[]): void {
  process.stdout.write(flags.json ? `${JSON.stringify(value)}\n` : `${lines().join('\n')}\n`);
}

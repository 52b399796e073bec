import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import { type ModelProfile, modelPresetIds } from '../../../shared/model/index.js';
import { engineOf } from '../engine-client.js';
import { engineAtFlags } from './engine-flags.js';

interface ModelFlags {
  dataDir?: string;
  json?: boolean;
  token?: string;
}

interface AddFlags extends ModelFlags {
  preset?: string;
  baseUrl?: string;
  model: string;
  keyEnv?: string;
  priceIn?: string;
  priceOut?: string;
  agree?: boolean;
}

/** Profiles of language models. The engine keeps them, since it is what asks. */
export function modelsCommand(): Command {
  return new Command('models')
    .description('language models that the studio may ask: none before you set one and agree to what leaves')
    .addCommand(
      engineAtFlags(new Command('list').description('profiles, what they take and what they cost today')).action(
        async (flags: ModelFlags) => {
          const { items } = (await (await engineOf(flags)).call('GET', '/models')) as { items: ModelProfile[] };
          print(
            flags,
            items,
            items.length === 0
              ? ['No profiles. `sluice models add --help` says how to set one.']
              : items.flatMap(lines),
          );
        },
      ),
      { isDefault: true },
    )
    .addCommand(
      engineAtFlags(new Command('add').description('set a profile, or set it anew'))
        .argument('<name>', 'what you call it, e.g. luna')
        .requiredOption('--model <model>', 'the model, as the server calls it')
        .option('--base-url <url>', 'address that speaks Chat Completions, usually with /v1 at its end')
        .option('--preset <preset>', `a known address: ${modelPresetIds.join(', ')}`)
        .option('--key-env <variable>', 'environment variable of the engine that holds the key; never the key itself')
        .option('--price-in <usd>', 'US dollars for a million tokens of input')
        .option('--price-out <usd>', 'US dollars for a million tokens of output')
        .option('--agree', 'agree that redacted text of traces is sent there')
        .action(add),
    )
    .addCommand(
      engineAtFlags(new Command('remove').description('remove a profile'))
        .argument('<name>')
        .action(async (name: string, flags: ModelFlags) => {
          const engine = await engineOf(flags);
          await engine.call('DELETE', `/models/${encodeURIComponent(name)}`);
          print(flags, { removed: name }, [`Removed ${name}.`]);
        }),
    )
    .addCommand(
      engineAtFlags(new Command('probe').description('find out what a profile’s address takes, by a few short calls'))
        .argument('<name>')
        .action(async (name: string, flags: ModelFlags) => {
          const engine = await engineOf(flags);
          const profile = await engine.call('POST', `/models/${encodeURIComponent(name)}/probe`);
          print(flags, profile, lines(profile as ModelProfile));
        }),
    );
}

async function add(name: string, flags: AddFlags): Promise<void> {
  if (flags.baseUrl === undefined && flags.preset === undefined)
    throw new SluiceError('usage', 'Name the address by --base-url, or a known one by --preset.');
  const engine = await engineOf(flags);
  const set = (await engine.call('POST', '/models', {
    name,
    preset: flags.preset ?? 'custom',
    base_url: flags.baseUrl ?? null,
    model: flags.model,
    key_env: flags.keyEnv ?? null,
    price: priceOf(flags),
  })) as ModelProfile;
  const agreed = set.agreed !== null || flags.agree === true || (await asked(set, flags));
  const profile =
    agreed && set.agreed === null
      ? ((await engine.call('POST', `/models/${encodeURIComponent(name)}/agree`, { host: set.host })) as ModelProfile)
      : set;
  print(flags, profile, [
    ...lines(profile),
    ...(profile.agreed === null
      ? [`Not agreed to: nothing is sent. Run the same with --agree to agree.`]
      : profile.probe === null
        ? [`\`sluice models probe ${name}\` finds out what it takes.`]
        : []),
  ]);
}

/** Asks the person, where there is one. */
async function asked({ leaves }: ModelProfile, { json }: ModelFlags): Promise<boolean> {
  process.stderr.write(`${leaves}\n`);
  if (json === true || !process.stdin.isTTY || !process.stderr.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question('Do you agree (yes or no)? ')).trim());
  } finally {
    terminal.close();
  }
}

function priceOf({ priceIn, priceOut }: AddFlags): { input: number; output: number } | null {
  if (priceIn === undefined && priceOut === undefined) return null;
  if (priceIn === undefined || priceOut === undefined)
    throw new SluiceError('usage', 'Give both prices, --price-in and --price-out.');
  return { input: usd('--price-in', priceIn), output: usd('--price-out', priceOut) };
}

function usd(flag: string, text: string): number {
  const amount = Number(text);
  if (text.trim() === '' || !Number.isFinite(amount) || amount < 0)
    throw new SluiceError('usage', `${flag} is an amount in US dollars for a million tokens.`);
  return amount;
}

function print(flags: ModelFlags, value: unknown, text: string[]): void {
  process.stdout.write(flags.json ? `${JSON.stringify(value)}\n` : `${text.join('\n')}\n`);
}

const priced = { profile: 'the profile’s prices', table: 'prices by the list' } as const;

function lines(profile: ModelProfile): string[] {
  const { name, model, base_url, key, key_present, agreed, leaves, capabilities, probe, priced_by, today } = profile;
  const keyText =
    key.kind === 'none'
      ? 'no key'
      : `key: ${key.kind === 'env' ? key.variable : 'keychain'}${key_present ? '' : ' (not there)'}`;
  const { structure, limit_field, temperature, reasoning_effort } = capabilities;
  const takes = [
    structure === 'schema' ? 'schemas' : structure === 'json' ? 'JSON mode' : 'plain text only',
    limit_field,
    ...(temperature ? ['temperature'] : []),
    ...(reasoning_effort ? ['reasoning effort'] : []),
  ];
  return [
    `${name}  ${model} at ${base_url}`,
    `  ${keyText}; ${priced_by === null ? 'no prices: budgets cannot hold' : priced[priced_by]}`,
    `  takes ${takes.join(', ')} (${probe === null ? 'not probed' : `probed ${probe.at.slice(0, 10)}`})`,
    ...(probe?.checks ?? []).map(({ check, outcome, note }) => `    ${check.padEnd(22)} ${outcome.padEnd(9)} ${note}`),
    `  ${agreed === null ? 'not agreed to' : `agreed ${agreed.at.slice(0, 10)}`}: ${leaves}`,
    `  today: ${today.calls} calls, ${today.cached} from the cache, $${today.cost_usd.toFixed(6)}${today.unpriced > 0 ? `, ${today.unpriced} without a price` : ''}`,
  ];
}

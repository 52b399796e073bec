import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import type { Page } from '../../../shared/model/index.js';
import {
  type Features,
  featureNames,
  type MeasuredTrace,
  type Placement,
} from '../../../shared/model/oracle-features.js';
import type { IntentMapping } from '../../../shared/model/oracle-intent.js';
import {
  type Accuracy,
  baselineBuilder,
  featuresOfLine,
  intentMapper,
  placed,
  readBaseline,
  writeBaseline,
} from '../../oracle/index.js';
import { engineOf, traceIdOf } from '../engine-client.js';
import { printed } from '../standard-output.js';
import { engineAtFlags } from './engine-flags.js';
import { catalogueOf, type DomainFlags, linesOfFile } from './oracle-flags.js';
import type { PrivacyFlags } from './rescan.js';

interface Which extends PrivacyFlags, DomainFlags {
  trace?: string;
  query?: string;
  json?: true;
}

const which = (command: Command): Command =>
  engineAtFlags(command)
    .argument('[file...]', 'gold traces, a JSON line each')
    .option('--trace <id>', 'a trace of the store instead')
    .option('--query <query>', 'traces of the store instead, in the query language')
    .option('--domains <dir>', 'for files: a folder with domains of your own, beside those that come along');

/** What requests ask for, by the words of the domains. */
export function oracleIntentCommand(): Command {
  return which(
    new Command('intent').description('what requests ask for: domain, intent, scope and tools, without a model'),
  )
    .option('--text <request>', 'this request')
    .action(async (files: string[], flags: Which & { text?: string }) => {
      if (flags.trace !== undefined || flags.query !== undefined) {
        for await (const { trace_id, text, intent } of ofStore(flags, 'intents', files))
          await printed(
            flags.json ? `${JSON.stringify({ trace_id, text, ...intent })}\n` : intentLine(trace_id, text, intent),
          );
        return;
      }
      if (files.length === 0 && flags.text === undefined) throw nothingNamed();
      const mapper = intentMapper(catalogueOf(flags).all());
      const tell = async (line: string) => {
        const mapped = mapper.map(line);
        if (mapped === null) return;
        const { trace_id, text, intent } = mapped;
        await printed(
          flags.json ? `${JSON.stringify({ trace_id, text, ...intent })}\n` : intentLine(trace_id, text, intent),
        );
      };
      if (flags.text !== undefined) await tell(JSON.stringify(flags.text));
      for (const file of files) for await (const line of linesOfFile(file)) await tell(line);
      if (mapper.accuracy.asked > 0) process.stderr.write(accuracyLine(mapper.accuracy));
    });
}

/** What is measured of traces, and where it lies in a baseline. */
export function oracleFeaturesCommand(): Command {
  return which(
    new Command('features').description(
      'what is measured of traces for the energy baselines, and where it lies in one',
    ),
  )
    .option('--baseline <file>', 'for files: a baseline.json to compare with')
    .option('--run <id>', 'for traces of the store: the run whose baseline it is; the newest that has one')
    .action(async (files: string[], flags: Which & { baseline?: string; run?: string }) => {
      if (flags.trace !== undefined || flags.query !== undefined) {
        for await (const each of ofStore(flags, 'features', files, flags.run))
          await tellFeatures(flags, each.trace_id, each);
        return;
      }
      if (files.length === 0) throw nothingNamed();
      const catalogue = catalogueOf(flags);
      const baseline = flags.baseline === undefined ? null : readBaseline(flags.baseline);
      for (const file of files)
        for await (const line of linesOfFile(file)) {
          const one = featuresOfLine(catalogue, line);
          if (one === null) continue;
          const placement = baseline === null ? null : placed(one.features, baseline);
          await tellFeatures(flags, one.trace_id, { features: one.features, placement });
        }
    });
}

/** How gold traces lie, by domain and intent, in one file. */
export function oracleBaselineCommand(): Command {
  return new Command('baseline')
    .description('how the measures of gold traces lie, by domain and intent: a file that traces are compared with')
    .argument('<file...>', 'gold traces, a JSON line each')
    .option('--out <file>', 'where it goes; printed where it is not said')
    .option('--domains <dir>', 'a folder with domains of your own, beside those that come along')
    .option('--json', 'print {traces, left_out, groups} of what was written')
    .action(async (files: string[], flags: DomainFlags & { out?: string }) => {
      const builder = baselineBuilder(catalogueOf(flags));
      for (const file of files) for await (const line of linesOfFile(file)) builder.add(line);
      const baseline = builder.made();
      if (baseline.traces === 0)
        throw new SluiceError('usage', 'None of the lines is a gold trace of a domain that is known.');
      if (flags.out === undefined) {
        await printed(`${JSON.stringify(baseline)}\n`);
        return;
      }
      writeBaseline(flags.out, baseline);
      const { traces, left_out } = baseline;
      const groups = Object.keys(baseline.groups).length;
      process.stdout.write(
        flags.json
          ? `${JSON.stringify({ traces, left_out, groups })}\n`
          : `${traces} traces in ${groups} groups, ${left_out} left out: ${flags.out}\n`,
      );
    });
}

const nothingNamed = () => new SluiceError('usage', 'Name files, or traces of the store with --trace or --query.');

async function* ofStore(flags: Which, what: 'intents' | 'features', files: readonly string[], run?: string) {
  if (files.length > 0) throw new SluiceError('usage', 'Name files, or traces of the store, not both.');
  const engine = await engineOf(flags);
  const of = run === undefined ? '' : `run_id=${encodeURIComponent(run)}`;
  if (flags.trace !== undefined) {
    yield (await engine.call('GET', `/traces/${await traceIdOf(engine, flags.trace)}/features?${of}`)) as MeasuredTrace;
    return;
  }
  let cursor: string | null = null;
  do {
    const asked = `query=${encodeURIComponent(flags.query ?? '')}&${of}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const page = (await engine.call('GET', `/oracle/${what}?${asked}`)) as Page<MeasuredTrace>;
    yield* page.items;
    cursor = page.next_cursor;
  } while (cursor !== null);
}

/** One line, whatever stands in the request. */
const short = (text: string): string => text.replaceAll(/[\p{C}\s]+/gu, ' ').slice(0, 90);

function intentLine(id: string | null, text: string, mapping: IntentMapping): string {
  const of = id === null ? short(text) : id;
  if (mapping.unknown !== null) return `${of}  unknown: ${mapping.unknown}\n`;
  const { rows_requested: rows, all_that_fit, sensitivity_tier: tier } = mapping.expected_scope;
  const scope = all_that_fit ? 'all rows that fit' : `${rows} ${rows === 1 ? 'row' : 'rows'}`;
  return `${of}  ${mapping.domain}.${mapping.intents.join('|')} (${mapping.intent_category ?? 'several categories'}), ${scope}, ${tier}: ${mapping.tools.join(', ')}\n`;
}

function accuracyLine({ asked, unknown, right }: Accuracy): string {
  const known = asked - unknown;
  const shares = Object.entries(right).map(
    ([name, hits]) => `${name} ${known === 0 ? '–' : ((hits / known) * 100).toFixed(1)} %`,
  );
  return `${asked} with a known answer, ${unknown} unknown; right of the others: ${shares.join(', ')}\n`;
}

async function tellFeatures(
  flags: Which,
  id: string,
  { features, placement }: { features: Features; placement: Placement | null },
): Promise<void> {
  if (flags.json) {
    await printed(`${JSON.stringify({ trace_id: id, ...features, placement })}\n`);
    return;
  }
  const lines = featureNames.map((name) => {
    const { value, reason } = features.measures[name] as Features['measures']['rows'];
    const below = placement?.measures[name]?.below;
    const place =
      below === undefined
        ? ''
        : below.value === null
          ? ''
          : `  above ${(below.value * 100).toFixed(0)} % of ${below.n}`;
    return `  ${name.padEnd(14)} ${value ?? `none: ${reason}`}${place}\n`;
  });
  const beside =
    placement === null
      ? ''
      : (placement.reason ?? [`beside ${placement.group}, n ${placement.n}`, ...placement.words].join('; '));
  await printed(
    `${id}  ${features.intent ?? features.domain ?? 'unknown'}${beside === '' ? '' : `  (${beside})`}\n${lines.join('')}`,
  );
}

import { parseArgs } from 'node:util';
import { SluiceError } from '../../../src/shared/errors.js';
import { type Cost, costOf } from './cost.js';
import { type Family, families, trafficOf, type Variant, variants } from './families.js';
import { type Agreement, measure, type Result } from './measure.js';

/**
 * `--calls` is per family, dealt evenly to its variants; `--memory` keeps traces in memory instead of a store; `--cost`
 * lists the numbers of traces at which a call's cost is measured (`--cost ''` leaves that out).
 * `bench lineage [--calls N] [--seed N] [--family F]… [--variant V]… [--memory] [--cost N,N,…] [--json]`
 */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      calls: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      family: { type: 'string', multiple: true },
      variant: { type: 'string', multiple: true },
      memory: { type: 'boolean', default: false },
      cost: { type: 'string', default: '1000,10000,100000' },
      json: { type: 'boolean', default: false },
    },
  });
  const chosen = among('family', values.family, Object.keys(families)) as Family[];
  const ways = among('variant', values.variant, variants) as Variant[];
  const seed = Number(values.seed);
  const results: (Result & { family: Family; variant: Variant })[] = [];
  const rules: Result['rules'] = {};
  if (!values.json) process.stdout.write(`${heading}\n`);
  for (const family of chosen) {
    for (const variant of ways) {
      const traffic = trafficOf(family, variant, Math.ceil(Number(values.calls) / ways.length), seed);
      const reopenAt = family === 'restart' ? Math.floor(traffic.length / 2) : null;
      const result = measure(traffic, values.memory ? 'memory' : 'store', reopenAt);
      results.push({ family, variant, ...result });
      for (const [rule, { edges, right }] of Object.entries(result.rules)) {
        const entry = rules[rule] ?? { edges: 0, right: 0 };
        rules[rule] = entry;
        entry.edges += edges;
        entry.right += right;
      }
      if (!values.json) process.stdout.write(`${line(family, variant, result)}\n`);
    }
  }
  const sizes = values.cost.split(',').filter(Boolean).map(Number);
  const cost = costOf(seed, sizes);
  if (values.json) process.stdout.write(`${JSON.stringify({ seed, families: results, rules, cost })}\n`);
  else process.stdout.write(`${ruleLines(rules)}\n${cost.map(costLine).join('\n')}\n`);
}

function among(flag: string, given: string[] | undefined, known: readonly string[]): string[] {
  const wrong = given?.find((name) => !known.includes(name));
  if (wrong !== undefined)
    throw new SluiceError('usage', `There is no ${flag} "${wrong}"; there are ${known.join(', ')}.`);
  return given ?? [...known];
}

const heading = `${'family'.padEnd(16)}${'variant'.padEnd(10)}${'calls'.padStart(7)}   sessions P/R/F1      subagents  steps  tools  before   calls/s     kB  redact decode assemble save µs`;
const three = ({ precision, recall, f1 }: Agreement) => [precision, recall, f1].map((x) => x.toFixed(3)).join(' ');

function line(family: string, variant: string, result: Result): string {
  const per = (name: keyof Result['millis']) => Math.round((result.millis[name] / result.calls) * 1000);
  const f1 = [result.subagents, result.subagent_steps, result.tools, result.predecessors].map((a) => a.f1.toFixed(3));
  const micros = [per('redact'), per('decode'), per('assemble'), per('save')]
    .map((x) => String(x).padStart(6))
    .join(' ');
  const undecoded = result.undecoded > 0 ? `  undecoded ${result.undecoded}` : '';
  const kilobytes = (result.bytes_per_call / 1000).toFixed(1).padStart(6);
  return `${family.padEnd(16)}${variant.padEnd(10)}${String(result.calls).padStart(7)}   ${three(result.sessions)}   ${f1.join('  ')}  ${Math.round(result.calls_per_second).toString().padStart(7)} ${kilobytes}  ${micros}${undecoded}`;
}

function ruleLines(rules: Result['rules']): string {
  const rows = Object.entries(rules).sort(([a], [b]) => a.localeCompare(b));
  const text = rows.map(
    ([rule, { edges, right }]) => `${rule.padEnd(24)}${String(edges).padStart(8)}   ${(right / edges).toFixed(4)}`,
  );
  return ['rule and confidence        edges   right', ...text].join('\n');
}

function costLine({ traces, micros_per_call }: Cost): string {
  return `assemble at ${traces.toLocaleString('en').padStart(8)} traces: ${micros_per_call.toFixed(0)} µs per call`;
}

if (import.meta.main) await main(process.argv.slice(2));

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { suspicionOf } from '../../../src/main/assemble/suspicion/index.js';
import { packageRoot } from '../../../src/main/hosts/paths.js';
import { collect, isForTuning, type Labelled } from './collect.js';

/** Results of commands that were really run; the label is how they ended, which no rule sees. */
const stored = join(packageRoot, 'test', 'bench', 'failures', 'results.jsonl');

interface Counted {
  results: number;
  kinds: number;
  failed: number;
  suspected: number;
  right: number;
  precision: number;
  recall: number;
}

/**
 * How well the text of a result tells that its tool failed: over the kinds of commands that the rules were tuned on, and over
 * those that nobody looked at. `--collect FILE` runs the commands anew and writes what came out; `--wrong` lists the
 * results of the first half that are judged wrongly.
 * `bench failures [--results FILE] [--collect FILE] [--wrong] [--json]`
 */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      results: { type: 'string', default: stored },
      collect: { type: 'string' },
      wrong: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  if (values.collect !== undefined) {
    const results = await collect();
    writeFileSync(values.collect, results.map((each) => `${JSON.stringify(each)}\n`).join(''));
    process.stdout.write(`${results.length} results in ${values.collect}\n`);
    return;
  }
  const results = readFileSync(values.results, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Labelled);
  const tuned = results.filter(({ kind }) => isForTuning(kind));
  const unseen = results.filter(({ kind }) => !isForTuning(kind));
  const counted = { tuning: count(tuned), unseen: count(unseen) };
  if (values.json) process.stdout.write(`${JSON.stringify(counted)}\n`);
  else process.stdout.write(`${heading}\n${line('for tuning', counted.tuning)}\n${line('unseen', counted.unseen)}\n`);
  if (values.wrong) for (const each of tuned) process.stdout.write(wrongly(each));
}

function count(results: readonly Labelled[]): Counted {
  const suspected = results.filter((each) => suspicion(each) !== null);
  const failed = results.filter((each) => each.failed).length;
  const right = suspected.filter((each) => each.failed).length;
  return {
    results: results.length,
    kinds: new Set(results.map(({ kind }) => kind)).size,
    failed,
    suspected: suspected.length,
    right,
    precision: right / suspected.length,
    recall: right / failed,
  };
}

function suspicion({ tool, arguments: given, result }: Labelled) {
  return suspicionOf(tool, given, result);
}

function wrongly(each: Labelled): string {
  const found = suspicion(each);
  if ((found !== null) === each.failed) return '';
  return `${each.kind}: ${found === null ? 'missed' : found.rule} ${JSON.stringify(each.result.slice(-200))}\n`;
}

const heading = `${''.padEnd(12)}results  kinds  failed  suspected  precision  recall`;
const line = (name: string, { results, kinds, failed, suspected, precision, recall }: Counted) =>
  `${name.padEnd(12)}${[results, kinds, failed, suspected].map((n, at) => String(n).padStart([7, 7, 8, 11][at] as number)).join('')}${precision.toFixed(3).padStart(11)}${recall.toFixed(3).padStart(8)}`;

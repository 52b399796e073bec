import { closeSync, existsSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import type { Page } from '../../../shared/model/index.js';
import { type Seed, seededBy } from '../../oracle/index.js';
import { engineOf } from '../engine-client.js';
import { printable } from '../printable.js';
import { engineAtFlags, wholeIn } from './engine-flags.js';
import { catalogueOf, type DomainFlags, seedOf } from './oracle-flags.js';
import type { PrivacyFlags } from './rescan.js';

interface Flags extends PrivacyFlags, DomainFlags {
  query: string;
  each: number;
  out: string;
  seed: number;
  json?: true;
}

/** Why requests gave no traces is told of so many. */
const mostReasons = 20;

/** Captured and gold requests of the store as seeds: what they ask for, asked anew of other rows. */
export function oracleSeededCommand(): Command {
  return engineAtFlags(
    new Command('seeded').description(
      'make gold traces that ask for what traces of the store ask for, with other entities',
    ),
  )
    .requiredOption('--query <query>', 'which traces, in the query language ("" is all)')
    .option('--each <n>', 'how many of each', (value) => wholeIn('--each', value, 1, 1000), 1)
    .option('--out <file>', 'where they go, a JSON line each', 'seeded.jsonl')
    .option('--seed <n>', 'the same seed makes the same traces', seedOf, 1)
    .option('--domains <dir>', 'a folder with domains of your own, beside those that come along')
    .action(async (flags: Flags) => {
      const { query, each, out, seed } = flags;
      if (existsSync(out)) throw new SluiceError('usage', `${out} is there already.`);
      const catalogue = catalogueOf(flags);
      const engine = await engineOf(flags);
      mkdirSync(dirname(out), { recursive: true });
      const file = openSync(out, 'wx', 0o644);
      const report = {
        seeds: 0,
        seeded: 0,
        traces: 0,
        unknown: 0,
        reasons: [] as { trace_id: string; reason: string }[],
      };
      try {
        let cursor: string | null = null;
        do {
          const next: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
          const path = `/oracle/intents?query=${encodeURIComponent(query)}${next}`;
          const page = (await engine.call('GET', path)) as Page<Seed>;
          for (const one of page.items) {
            const { traces, reason } = seededBy(catalogue, one, { each, seed });
            report.seeds += 1;
            report.traces += traces.length;
            if (reason === null) report.seeded += 1;
            else {
              report.unknown += 1;
              if (report.reasons.length < mostReasons) report.reasons.push({ trace_id: one.trace_id, reason });
            }
            writeSync(file, traces.map((trace) => `${JSON.stringify(trace)}\n`).join(''));
          }
          cursor = page.next_cursor;
        } while (cursor !== null);
      } finally {
        closeSync(file);
      }
      if (flags.json) process.stdout.write(`${JSON.stringify({ file: out, ...report })}\n`);
      else {
        for (const { trace_id, reason } of report.reasons) process.stdout.write(`${trace_id}: ${printable(reason)}\n`);
        process.stdout.write(
          `${report.traces} traces seeded by ${report.seeded} of ${report.seeds}, ${report.unknown} not known: ${out}\n`,
        );
      }
    });
}

import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type RedactionQuality, redactionQualitySchema } from '../../../src/shared/redaction-quality.js';
import type { CorpusResult } from './corpus.js';
import { type Measured, rates } from './measure.js';

interface Counted {
  planted: number;
  found: number;
  wrong: number;
}

/** Measured numbers as the studio shows them. `corpus`: the file's path, its rows, and our result on it. */
export function quality(
  measured: Pick<Measured, 'entities'>,
  corpus: { path: string; rows: number; result: CorpusResult } | null,
  spans: number,
  seed: number,
  now: Date,
): RedactionQuality {
  const total = { planted: 0, found: 0, wrong: 0 };
  for (const { planted, found, wrong } of Object.values(measured.entities)) {
    total.planted += planted;
    total.found += found;
    total.wrong += wrong;
  }
  const named = corpus && { ...corpus, name: basename(corpus.path) };
  return redactionQualitySchema.parse({
    version: 1,
    measured_on: now.toISOString().slice(0, 10),
    command: `sluice bench redaction ${named === null ? '' : `${named.name} `}--spans ${spans} --seed ${seed}`,
    traffic: { all: rounded(total), entities: each(measured.entities) },
    corpus: named && {
      name: named.name,
      rows: named.rows,
      all: rounded(named.result.all),
      structured: rounded(named.result.structured),
      types: each(named.result.types),
    },
  } satisfies RedactionQuality);
}

/** Writes them into the repository that the benchmark runs in. */
export function saveQuality(saved: RedactionQuality): string {
  const path = join('resources', 'redaction-quality.json');
  writeFileSync(path, `${JSON.stringify(saved, null, 2)}\n`);
  return path;
}

function each(rows: Record<string, Counted>): Record<string, ReturnType<typeof rounded>> {
  return Object.fromEntries(
    Object.entries(rows)
      .filter(([, { planted }]) => planted > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, row]) => [name, rounded(row)]),
  );
}

function rounded(row: Counted) {
  const { precision, recall, f1 } = rates(row);
  const four = (value: number) => Math.round(value * 10_000) / 10_000;
  return { spans: row.planted, precision: four(precision), recall: four(recall), f1: four(f1) };
}

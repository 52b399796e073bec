import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { redactionQualitySchema } from '../../../../src/shared/redaction-quality.js';
import { quality } from '../../../bench/redaction/save.js';

const score = (planted: number, found: number, wrong: number) => ({ planted, found, wrong, mistyped: 0 });
const row = (planted: number, found: number, wrong: number) => ({
  ...score(planted, found, wrong),
  precision: 0,
  recall: 0,
  f1: 0,
  f2: 0,
});

it('the saved numbers are those that were counted, with the command that measures them again', () => {
  const saved = quality(
    { entities: { EMAIL: score(10, 9, 0), TOKEN: score(10, 10, 5), AGE: score(0, 0, 3) } },
    {
      path: '/somewhere/corpus.json',
      rows: 7,
      result: { types: { PERSON: row(4, 3, 1), NONE: row(0, 0, 0) }, structured: row(2, 2, 0), all: row(6, 5, 1) },
    },
    20,
    3,
    new Date(Date.UTC(2026, 10, 21)),
  );
  expect(saved.measured_on).toBe('2026-11-21');
  expect(saved.command).toBe('sluice bench redaction corpus.json --spans 20 --seed 3');
  expect(saved.traffic.all).toEqual({ spans: 20, precision: 0.7037, recall: 0.95, f1: 0.8085 });
  expect(Object.keys(saved.traffic.entities)).toEqual(['EMAIL', 'TOKEN']);
  expect(saved.corpus?.types).toEqual({ PERSON: { spans: 4, precision: 0.75, recall: 0.75, f1: 0.75 } });
  expect(quality({ entities: {} }, null, 1, 1, new Date()).corpus).toBeNull();
});

it('what the studio shows is of that form', () => {
  const path = join(import.meta.dirname, '../../../../resources/redaction-quality.json');
  const shown = redactionQualitySchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  expect(shown.traffic.all.spans).toBeGreaterThanOrEqual(20_000);
});

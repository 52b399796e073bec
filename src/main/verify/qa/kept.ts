import * as z from 'zod';
import { type Json, qaAttemptSchema, testOutcomes } from '../../../shared/model/index.js';
import { pauses } from '../../ground/pauses.js';
import { countsOf, type RawAttempt } from './attempt.js';
import { excerptOf } from './excerpt.js';
import type { TestRun } from './verdict.js';

const finishedSchema = z.object({
  attempt: qaAttemptSchema,
  tests: z.array(
    z.object({
      id: z.string(),
      outcome: z.enum(testOutcomes).exclude(['missing']),
      flaky: z.literal(true).optional(),
      loading: z.literal(true).optional(),
    }),
  ),
  incomplete: z.string().optional(),
  environment: z.string().optional(),
  /** The ends of its output. */
  output: z.string(),
});
/** One attempt that is over: its texts have passed the gate. */
export type FinishedAttempt = z.infer<typeof finishedSchema>;

const keptSchema = z.object({
  /** Of the plan that the attempts belong to. */
  key: z.string(),
  attempts: z.array(finishedSchema),
});
/** What a run is gone on with: the attempts that are over. */
export type Kept = z.infer<typeof keptSchema>;

/** It is JSON as it stands: to look through 100,000 tests of each attempt again would hold everything up. */
export const keptAsJson = (kept: Kept): Json => kept as unknown as Json;

/** Null for what is none, or of another version: the run begins anew then. */
export const keptFrom = (json: Json | null): Kept | null => keptSchema.safeParse(json).data ?? null;

/** As the verdict takes it. */
export function testRunOf({ attempt, tests, incomplete, environment }: FinishedAttempt): TestRun {
  const { exit_code, ended_by, tier, evidence, collection_error } = attempt;
  const report = {
    tier,
    evidence,
    tests: tests.map(({ id, outcome, flaky, loading }) => ({
      id,
      outcome,
      ...(flaky ? { flaky } : {}),
      ...(loading ? { loading } : {}),
    })),
    ...(collection_error === null ? {} : { collection_error }),
    ...(incomplete === undefined ? {} : { incomplete }),
    ...(environment === undefined ? {} : { environment }),
  };
  return { report, exit_code, ended_by };
}

/**
 * Takes what attempts wrote through the gate. A test that several attempts name is looked through once; two that the gate makes alike
 * stay two, the same ones in every attempt. @throws the signal's reason
 */
export function createCleaner(clean: (text: string) => string, signal: AbortSignal) {
  const pause = pauses(signal);
  const names = new Map<string, string>();
  const taken = new Set<string>();

  function nameOf(id: string): string {
    const known = names.get(id);
    if (known !== undefined) return known;
    const cleaned = clean(id);
    let name = cleaned;
    for (let n = 2; taken.has(name); n += 1) name = `${cleaned} #${n}`;
    taken.add(name);
    names.set(id, name);
    return name;
  }

  return async ({ report, output, ...attempt }: RawAttempt): Promise<FinishedAttempt> => {
    const tests: FinishedAttempt['tests'] = [];
    // In the order of their names: which of two that become alike is the second does not hang on who ran first.
    for (const { id, outcome, flaky, loading } of [...report.tests].sort(byId)) {
      tests.push({ id: nameOf(id), outcome, ...(flaky ? { flaky } : {}), ...(loading ? { loading } : {}) });
      await pause();
    }
    const { tier, evidence, collection_error, incomplete, environment } = report;
    return {
      attempt: {
        ...attempt,
        tier,
        evidence,
        collection_error: collection_error === undefined ? null : clean(collection_error),
        counts: countsOf(report),
      },
      tests,
      ...(incomplete === undefined ? {} : { incomplete: clean(incomplete) }),
      ...(environment === undefined ? {} : { environment: clean(environment) }),
      output: excerptOf(output, clean),
    };
  };
}

const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : one.id > other.id ? 1 : 0);

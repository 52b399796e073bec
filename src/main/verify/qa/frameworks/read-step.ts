import * as z from 'zod';
import { qaFrameworks, qaTiers, testOutcomes } from '../../../../shared/model/qa.js';
import type { JobStep } from '../../../ground/job-kind.js';
import type { FinishedRun, FrameworkReport, TestCommand } from './framework.js';
import { frameworkNamed } from './index.js';
import { readRun } from './read.js';

/** A run that is to be read: by which framework, and how its report was asked for. */
export interface RunToRead {
  framework: string;
  command: Pick<TestCommand, 'reports' | 'words'>;
  run: FinishedRun;
}

const bytes = z.instanceof(Uint8Array);
const toReadSchema = z.object({
  framework: z.enum(qaFrameworks),
  command: z.object({ reports: z.array(z.string()), words: z.literal(true).optional() }),
  run: z.object({
    workdir: z.string(),
    reports: z.map(z.string(), bytes),
    output: z.object({ head: bytes, tail: bytes, dropped_bytes: z.int() }),
    exit_code: z.int().nullable(),
  }),
}) as unknown as z.ZodType<RunToRead>;

/** Of each test what decides; what it says of itself is not kept. */
const reportSchema: z.ZodType<FrameworkReport> = z.object({
  tier: z.enum(qaTiers),
  evidence: z.boolean(),
  tests: z.array(
    z.object({
      id: z.string(),
      outcome: z.enum(testOutcomes).exclude(['missing']),
      flaky: z.boolean().optional(),
      loading: z.boolean().optional(),
    }),
  ),
  collection_error: z.string().optional(),
  incomplete: z.string().optional(),
  environment: z.string().optional(),
});

/** Reads what a run left: reports of 64 MB and 100,000 tests take seconds. */
export const readRunStep: JobStep<RunToRead, FrameworkReport> = {
  id: 'read-test-report',
  params: toReadSchema,
  result: reportSchema,
  async run({ framework, command, run }) {
    const named = frameworkNamed(framework);
    if (named === undefined) throw new TypeError(`no framework ${framework}`);
    return reportSchema.parse(readRun(named, command, run));
  },
};

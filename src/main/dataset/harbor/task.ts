import * as z from 'zod';
import { taskPartsSchema, taskProofs } from '../../../shared/model/index.js';
import { trajectorySchema } from '../trajectory/shape.js';

const patches = z.array(z.strictObject({ file: z.string(), patch: z.string() }));

/** A task as the gate sees it, before it is written as files. */
export const taskSchema = z.object({
  trace_id: z.uuid().describe('Id of the trace'),
  from_step: z.number().int().describe('Number of the step that an agent takes the place of'),
  step_id: z.uuid().describe('Id of that step'),
  instruction: z.string().describe('What instruction.md says'),
  repository: z
    .strictObject({
      url: z.string(),
      commit_before: z.string(),
      commit_after: z.string().nullable(),
      test_command: z.string(),
    })
    .describe('Where it is cloned from, its commits, the command that runs its tests'),
  prior_edits: patches.describe('Edits that were made before that step, in environment/prior/'),
  solution: patches.describe('Edits that were made from there on, in solution/; empty: commit_after is the solution'),
  tests: patches.describe('Edits of the tests, all of them, in tests/'),
  run: taskPartsSchema
    .nullable()
    .describe(
      'What the tests of the session ran in and with, which the task is made of; null: they were not run for it',
    ),
  proof: z
    .strictObject({
      state: z.enum(taskProofs).describe('proven: its tests failed at commit_before and passed with solution/'),
      reason: z.string(),
      run_id: z.uuid().nullable().describe('Run of the tests that it was tried after'),
      exit_code_before: z.number().int().nullable(),
      exit_code_after: z.number().int().nullable().describe('With solution/'),
      fail_to_pass: z.array(z.string()),
      pass_to_pass: z.array(z.string()),
      files_hash: z.string().nullable().describe('SHA-256 over the files of tests/ and solution/ that were tried'),
    })
    .describe('Whether it was tried on an engine of containers, and what came of it'),
  not_replayed: z
    .number()
    .int()
    .describe('Commands and tool calls before that step: what they did to files is not repeated'),
  trajectory: trajectorySchema
    .nullable()
    .describe('What was said and done before that step, in trajectory.json; null: nobody had answered yet'),
});
export type Task = z.infer<typeof taskSchema>;

/** A task in the list of a dataset: those of before tasks were tried say nothing of that. */
export type WrittenTask = Omit<Task, 'run' | 'proof'> & Partial<Pick<Task, 'run' | 'proof'>>;

/** A task's folder: the same trace and step give the same name. */
export function taskName({ trace_id, from_step }: Pick<Task, 'trace_id' | 'from_step'>): string {
  return `${trace_id}-step-${String(from_step).padStart(5, '0')}`;
}

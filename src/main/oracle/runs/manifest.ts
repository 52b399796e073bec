import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { SluiceError } from '../../../shared/errors.js';
import { quotasSchema, retrievalShareSchema } from '../../../shared/model/oracle.js';
import { replaceFileSync } from '../../ground/replace-file.js';

const modelSchema = z.strictObject({ profile: z.string(), model: z.string() });

/** Who is asked, in which words. */
export const modelRunSchema = z.strictObject({
  generator: modelSchema,
  reviewers: z.array(modelSchema),
  allow_own: z.array(z.string()),
  prompts: z.record(z.string(), z.string()),
});

/** What decides every byte of a run's files; of models' runs, what decides what they are asked. */
export const runConfigSchema = z.strictObject({
  version: z.literal(1),
  generator: z.enum(['sampler', 'model']),
  /** Which models, in which words they are asked. */
  models: modelRunSchema.optional(),
  total: z.int().min(1),
  seed: z.int().min(0),
  domains: z.array(z.string()).min(1),
  /** SHA-256 of all that the domains say. */
  catalogue: z.string(),
  shapes: z.record(z.string(), z.number()),
  /** How often which shape is to come, and how many calls a trace has on the average; absent: as the sampler has it. */
  quotas: quotasSchema.optional(),
  /** Absent: nothing is retrieved. */
  retrieval: retrievalShareSchema.optional(),
  per_file: z.int().min(1),
  /** Each file is there as Parquet too. */
  parquet: z.literal(true).optional(),
});
export type RunConfig = z.infer<typeof runConfigSchema>;

/** One of several machines that make a run together, each its own of the domains; `index` counts from 1. */
const shardSchema = z.object({ index: z.int().min(1), of: z.int().min(1) });
export type Shard = z.infer<typeof shardSchema>;

const manifestSchema = z.object({
  run_id: z.string(),
  started_at: z.string(),
  /** Of a run that is one part of what `config` says. */
  shard: shardSchema.optional(),
  config: runConfigSchema,
});
export type RunManifest = z.infer<typeof manifestSchema>;

const path = (out: string): string => join(out, 'manifest.json');

/** The manifest of a run's folder. @throws SluiceError `oracle_run_unreadable` */
export function manifestOf(out: string): RunManifest {
  const manifest = readManifest(out);
  if (manifest !== null) return manifest;
  throw new SluiceError('oracle_run_unreadable', `${out} is no folder of a run: it has no manifest.json.`);
}

/** The manifest of a folder, or null where there is none. @throws SluiceError `oracle_run_unreadable` */
export function readManifest(out: string): RunManifest | null {
  let text: string;
  try {
    text = readFileSync(path(out), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch {
    throw new SluiceError('oracle_run_unreadable', `${path(out)} is no manifest of a run.`);
  }
}

export const writeManifest = (out: string, manifest: RunManifest): void =>
  replaceFileSync(path(out), `${JSON.stringify(manifest, null, 2)}\n`, 0o644);

/** The fields in which two configurations differ. */
export function differences(a: RunConfig, b: RunConfig): string[] {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)] as (keyof RunConfig)[]);
  return [...keys].filter((key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]));
}

import * as z from 'zod';
import { idSchema, timestampSchema } from './common.js';
import type { TraceSummary } from './trace.js';

/** What a quality score of a trace came to, 0..1, or why there is none. */
export const qualityScoreSchema = z.object({
  name: z.string(),
  title: z.string(),
  value: z.number().min(0).max(1).nullable(),
  /** Why there is no value; null where there is one. */
  reason: z.string().nullable(),
  /** What the value rests on, in numbers and names of tools; null where there is no value. */
  evidence: z.string().nullable(),
  /** Steps that it rests on or that lower it, at most 20. */
  step_ids: z.array(idSchema),
});
export type QualityScore = z.infer<typeof qualityScoreSchema>;

/** A trace's field of work, and what it rests on, e.g. `tool sql_query`, `host arxiv.org`, `word dosage`, or `said by a person`. */
export const foundDomainSchema = z.object({ domain: z.string(), evidence: z.array(z.string()) });
export type FoundDomain = z.infer<typeof foundDomainSchema>;

/** What a field of work rests on that a person gave. */
export const saidByPerson = 'said by a person';

/** The field of work that a reviewer's tag `domain:NAME` says; null without one. */
export function domainTag(tags: readonly string[]): string | null {
  const tag = tags
    .find((each) => each.startsWith('domain:'))
    ?.slice('domain:'.length)
    .trim()
    .toLowerCase();
  return tag === undefined || tag === '' ? null : tag;
}

/** The field of work that a person gave a trace, by a tag or in its metadata; null where nobody did. */
export function statedDomain({ metadata, review }: Pick<TraceSummary, 'metadata' | 'review'>): string | null {
  const stated = metadata?.domain;
  return domainTag(review?.tags ?? []) ?? (typeof stated === 'string' ? stated.trim().toLowerCase() || null : null);
}

export const traceQualitySchema = z.object({
  trace_id: idSchema,
  /** State of the trace that was scored. */
  revision: z.number().int(),
  /** Whether the trace, its review or what others said of it changed since. */
  stale: z.boolean(),
  computed_at: timestampSchema,
  scores: z.array(qualityScoreSchema),
  /** Weighted mean of the scores that are there; null where none is. */
  quality_score: z.number().min(0).max(1).nullable(),
  human_validated: z.boolean(),
  training_weight: z.number().min(0).max(1).nullable(),
  /** By rules, or as a person said (a tag `domain:NAME` corrects it); null where it could be several or none that is known. */
  domain: foundDomainSchema.nullable(),
});
/** What it came to, for lists. */
export const qualityValueSchema = traceQualitySchema.pick({
  trace_id: true,
  quality_score: true,
  training_weight: true,
});
export type QualityValue = z.infer<typeof qualityValueSchema>;
export type TraceQuality = z.infer<typeof traceQualitySchema>;

const counts = z.record(z.string(), z.number());
/** What a run of the scoring came to. */
export const qualityReportSchema = z.object({
  /** Traces that the query finds. */
  traces: z.number().int(),
  /** Those of them that were scored anew. */
  scored: z.number().int(),
  /** Over the traces of the query: mean of each score, and how many have it. */
  means: counts,
  known: counts,
  seconds: z.number(),
});
export type QualityReport = z.infer<typeof qualityReportSchema>;

export const nearLevels = ['task', 'trajectory', 'step'] as const;
export const nearLevelSchema = z.enum(nearLevels);
export type NearLevel = (typeof nearLevels)[number];

/** What a run of `dedupe` came to. */
export const dedupeReportSchema = z.object({
  level: nearLevelSchema,
  threshold: z.number(),
  documents: z.number().int(),
  /** Clusters of two or more. */
  clusters: z.number().int(),
  /** Documents besides the one that is kept of each cluster. */
  duplicates: z.number().int(),
  seconds: z.number(),
});
export type DedupeReport = z.infer<typeof dedupeReportSchema>;

export const nearMemberSchema = z.object({
  trace_id: idSchema,
  /** Null but at the level of steps. */
  step_id: idSchema.nullable(),
  title: z.string(),
  started_at: timestampSchema,
  quality_score: z.number().nullable(),
  label: z.string().nullable(),
  kept: z.boolean(),
  /** To the one that is kept, 0..1: Jaccard similarity of word 5-grams; null where one of the two changed since. */
  similarity: z.number().min(0).max(1).nullable(),
});
export type NearMember = z.infer<typeof nearMemberSchema>;

export const nearClusterSchema = z.object({
  cluster_id: z.string(),
  level: nearLevelSchema,
  members: z.number().int(),
  kept: nearMemberSchema,
});
export type NearCluster = z.infer<typeof nearClusterSchema>;

/** Hit of a text of a benchmark or another file in a trace. */
export const contaminationSchema = z.object({
  trace_id: idSchema,
  /** Different n-grams of the trace that stand in the files. */
  grams: z.number().int(),
  /** Where the first of them stands: file and line. */
  file: z.string(),
  line: z.number().int(),
});
export const decontaminationReportSchema = z.object({
  documents: z.number().int(),
  contaminated: z.number().int(),
  /** Words of an n-gram. */
  words: z.number().int(),
  /** Different n-grams of the files. */
  fingerprints: z.number().int(),
  /** At most 1,000; `contaminated` counts all. */
  items: z.array(contaminationSchema),
  seconds: z.number(),
});
export type DecontaminationReport = z.infer<typeof decontaminationReportSchema>;

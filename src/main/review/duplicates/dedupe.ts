import type { DedupeReport, NearLevel } from '../../../shared/model/index.js';
import { clusterOf } from '../../ground/near/cluster.js';
import { type KeepSigned, type NearControl, type NearTools, openCorpus } from './corpus.js';
import { type ClusterStore, memberships, storeClusters } from './kept.js';

export interface DedupeOptions {
  /** Only traces that it finds; empty: all. */
  query: string;
  level: NearLevel;
  /** Jaccard similarity from which on two are near-duplicates. */
  threshold: number;
}

/** Where results are kept: signatures always, clusters where all traces were looked at. */
export interface NearKeeping {
  sign: KeepSigned;
  clusters: ClusterStore;
}

/** Finds near-duplicates. With `keeping`, what was read is not read again, and the clusters of a run over all traces are stored. */
export async function dedupe(
  tools: NearTools,
  { query, level, threshold }: DedupeOptions,
  control: NearControl,
  keeping: NearKeeping | null,
): Promise<DedupeReport> {
  const begun = performance.now();
  const only = query.trim() === '' ? null : tools.source.near.matching(query);
  const corpus = await openCorpus(tools, level, only, control, keeping?.sign ?? null);
  const clusters = await clusterOf(corpus, threshold, control.pause);
  const members = memberships(corpus.documents, clusters);
  if (only === null && keeping !== null) await storeClusters(level, members, keeping.clusters);
  const kept = members.filter((each) => each.trace_id === each.kept_trace_id && each.seq === each.kept_seq).length;
  return {
    level,
    threshold,
    documents: corpus.count,
    clusters: kept,
    duplicates: members.length - kept,
    seconds: Math.round(performance.now() - begun) / 1000,
  };
}

import {
  type FoundDomain,
  fromIso,
  type QualityReport,
  type QualityScore,
  type Trace,
} from '../../../shared/model/index.js';
import { clusterOf, defaultThreshold } from '../../ground/near/cluster.js';
import { domainOf } from '../domains/index.js';
import { type Corpus, type NearControl, type NearTools, openCorpus } from '../duplicates/corpus.js';
import type { NearKeeping } from '../duplicates/dedupe.js';
import { memberships, storeClusters } from '../duplicates/kept.js';
import { composed, scoreOf } from './compose.js';
import { factsOf } from './facts.js';
import { measuresOf } from './measure.js';
import { nearestEarlier } from './nearest.js';
import { type Measures, type Peers, peersOf } from './peers.js';
import { qualityRules, qualityVersion } from './scores/index.js';

type Label = NonNullable<Trace['review']>['label'];

/** A trace's scoring, with what tells whether it is still that of the trace. */
export interface ScoredTrace {
  trace_id: string;
  revision: number;
  reviewed_at: number | null;
  judged_at: number | null;
  version: number;
  scores: QualityScore[];
  measures: Measures & { label: Label };
  domain: FoundDomain | null;
}

export interface QualityStore {
  /** Traces that changed since this version scored them, page by page. */
  changed(version: number, after: number): { at: number; trace_id: string }[];
  all(): Iterable<ScoredTrace>;
  save(scored: ScoredTrace[]): Promise<void>;
}

export interface QualityTools {
  near: NearTools;
  nearKeeping: NearKeeping;
  quality: QualityStore;
}

export interface QualityControl extends NearControl {
  tell(share: number | null, message: string): void;
  /** Of a run over everything: the last trace that was scored before it broke off. */
  resumedAt: string | null;
  checkpoint(traceId: string): void;
}

const atOnce = 50;
/** What compares with others waits until all have been read. */
const notYet = { reason: 'It was not compared with others yet.' };
/** Of our own kind: what we said of it says nothing new. */
const ownRubric = 'sluice-quality';

/**
 * Scores what changed (or all) of the traces that a query finds, then compares all with each other: a new trace changes the place of
 * its peers. Near-duplicates are found on the way, and of each cluster the best is kept.
 */
export async function scoreTraces(
  { near, nearKeeping, quality }: QualityTools,
  { query, all }: { query: string; all: boolean },
  control: QualityControl,
): Promise<QualityReport> {
  const begun = performance.now();
  let signed = 0;
  const keep: NearKeeping['sign'] = async (level, traces) => {
    signed += traces.length;
    await nearKeeping.sign(level, traces);
  };
  control.tell(null, 'Reading what changed');
  const corpora = {
    task: await openCorpus(near, 'task', null, control, keep),
    trajectory: await openCorpus(near, 'trajectory', null, control, keep),
  };
  const only = query.trim() === '' ? null : near.source.near.matching(query);
  const scored = await scoreAlone({ near, quality }, { all, only }, control);
  if (scored > 0 || signed > 0 || waiting(quality)) {
    control.tell(null, 'Comparing with each other');
    const clusters = {
      task: await clusterOf(corpora.task, defaultThreshold, control.pause),
      trajectory: await clusterOf(corpora.trajectory, defaultThreshold, control.pause),
    };
    const { qualities, last } = await compareAll(corpora, clusters.task, quality, control);
    for (const level of ['task', 'trajectory'] as const) {
      const documents = corpora[level].documents.map((document) => ({
        ...document,
        quality_score: qualities.get(document.trace_id) ?? null,
      }));
      await storeClusters(level, memberships(documents, clusters[level]), nearKeeping.clusters);
    }
    await saveAll(quality, last);
  }
  return { ...sums(quality, only), scored, seconds: Math.round(performance.now() - begun) / 1000 };
}

/** What each trace's scores are without the others. */
async function scoreAlone(
  { near, quality }: Pick<QualityTools, 'near' | 'quality'>,
  { all, only }: { all: boolean; only: ReadonlySet<string> | null },
  control: QualityControl,
): Promise<number> {
  let done = 0;
  let batch: ScoredTrace[] = [];
  const flush = async () => {
    if (batch.length === 0) return;
    await quality.save(batch);
    control.checkpoint(batch.at(-1)?.trace_id ?? '');
    batch = [];
  };
  for (const traceId of all ? allOf(near, only, control.resumedAt) : changedOf(quality, only)) {
    const trace = near.source.trace(traceId);
    if (trace === null) continue;
    batch.push(aloneOf(trace));
    done += 1;
    if (batch.length >= atOnce) {
      await flush();
      control.tell(null, `${done} traces scored`);
    }
    await control.pause();
  }
  await flush();
  return done;
}

function allOf(near: NearTools, only: ReadonlySet<string> | null, behind: string | null): string[] {
  const ids = [...(only ?? near.source.near.matching(''))].sort();
  return behind === null ? ids : ids.filter((id) => id > behind);
}

function* changedOf(quality: QualityStore, only: ReadonlySet<string> | null): Generator<string> {
  for (let after = 0; ; ) {
    const page = quality.changed(qualityVersion, after);
    const last = page.at(-1);
    if (last === undefined) return;
    for (const { trace_id } of page) if (only === null || only.has(trace_id)) yield trace_id;
    after = last.at;
  }
}

export function aloneOf(trace: Trace): ScoredTrace {
  const facts = factsOf(trace);
  const label = trace.review?.label ?? null;
  const scores = qualityRules.map((rule) => scoreOf(rule.id, rule.title, 'of' in rule ? rule.of(facts) : notYet));
  const judged = trace.scores
    .filter(({ rubric_id }) => rubric_id !== ownRubric)
    .map((score) => fromIso(score.created_at));
  return {
    trace_id: trace.trace_id,
    revision: trace.revision ?? 1,
    reviewed_at: trace.review?.updated_at == null ? null : fromIso(trace.review.updated_at),
    judged_at: judged.length === 0 ? null : Math.max(...judged),
    version: qualityVersion,
    scores: composed(scores, label),
    measures: { ...measuresOf(trace), label },
    domain: domainOf(trace),
  };
}

/**
 * Gives every trace its scores among the others; only what is other than before is written.
 * @returns quality scores by trace, and what is to be written when all else is: as long as one of these waits, a run that broke off
 * is known by it
 */
async function compareAll(
  corpora: { task: Corpus; trajectory: Corpus },
  tasks: ArrayLike<number>,
  quality: QualityStore,
  control: QualityControl,
): Promise<{ qualities: Map<string, number | null>; last: ScoredTrace[] }> {
  const taskOf = new Map<string, string>();
  corpora.task.documents.forEach(({ trace_id }, at) => {
    taskOf.set(trace_id, String(tasks[at]));
  });
  const nearest = await nearestEarlier(corpora.trajectory, control.pause);
  const measured = [...quality.all()].map(({ trace_id, measures }) => ({ trace_id, ...measures }));
  const peers = peersOf(
    measured,
    (traceId) => taskOf.get(traceId) ?? null,
    (traceId) => nearest.get(traceId),
  );
  const qualities = new Map<string, number | null>();
  const last: ScoredTrace[] = [];
  let batch: ScoredTrace[] = [];
  for (const stored of quality.all()) {
    const scores = amongOthers(stored, peers);
    qualities.set(stored.trace_id, valueIn(scores, 'quality_score'));
    if (isWaiting(stored)) last.push({ ...stored, scores });
    else if (JSON.stringify(scores) !== JSON.stringify(stored.scores)) batch.push({ ...stored, scores });
    if (batch.length >= atOnce) {
      await quality.save(batch);
      batch = [];
    }
    await control.pause();
  }
  await saveAll(quality, batch);
  return { qualities, last };
}

async function saveAll(quality: QualityStore, scored: readonly ScoredTrace[]): Promise<void> {
  for (let at = 0; at < scored.length; at += atOnce) await quality.save(scored.slice(at, at + atOnce));
}

const isWaiting = ({ scores }: ScoredTrace) => scores.some(({ reason }) => reason === notYet.reason);

/** Whether a run broke off before it had compared all. */
function waiting(quality: QualityStore): boolean {
  for (const stored of quality.all()) if (isWaiting(stored)) return true;
  return false;
}

function amongOthers({ trace_id, scores, measures }: ScoredTrace, peers: Peers): QualityScore[] {
  const renewed = qualityRules.flatMap((rule) => {
    if ('among' in rule) return scoreOf(rule.id, rule.title, rule.among(trace_id, peers));
    return scores.find(({ name }) => name === rule.id) ?? [];
  });
  return composed(renewed, measures.label);
}

function sums(
  quality: QualityStore,
  only: ReadonlySet<string> | null,
): Pick<QualityReport, 'traces' | 'means' | 'known'> {
  const totals: Record<string, number> = {};
  const known: Record<string, number> = {};
  let traces = 0;
  for (const { trace_id, scores } of quality.all()) {
    if (only !== null && !only.has(trace_id)) continue;
    traces += 1;
    for (const { name, value } of scores) {
      known[name] = (known[name] ?? 0) + Number(value !== null);
      totals[name] = (totals[name] ?? 0) + (value ?? 0);
    }
  }
  const means = Object.fromEntries(
    Object.entries(totals).flatMap(([name, total]) => {
      const count = known[name] as number;
      return count === 0 ? [] : [[name, Math.round((total / count) * 10_000) / 10_000]];
    }),
  );
  return { traces, means, known };
}

function valueIn(scores: readonly QualityScore[], wanted: string): number | null {
  return scores.find(({ name }) => name === wanted)?.value ?? null;
}

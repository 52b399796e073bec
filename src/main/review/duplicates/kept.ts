import type { NearLevel } from '../../../shared/model/index.js';
import type { NearDocument } from './corpus.js';

export interface Membership {
  trace_id: string;
  seq: number;
  kept_trace_id: string;
  kept_seq: number;
}

/**
 * Who is kept of two near-duplicates comes first: the one of the higher quality score (none counts as the lowest), then a reviewed
 * one, then the older one; at last the ids decide, so that the same is always kept.
 */
export function byKeeping(a: NearDocument, b: NearDocument): number {
  const reviewed = Number(b.reviewed) - Number(a.reviewed);
  return (
    (b.quality_score ?? -1) - (a.quality_score ?? -1) ||
    reviewed ||
    a.started_at - b.started_at ||
    (a.trace_id < b.trace_id ? -1 : a.trace_id > b.trace_id ? 1 : a.seq - b.seq)
  );
}

/** Members of clusters of two or more, each with the one that is kept. `clusters[i]` names the cluster of `documents[i]`. */
export function memberships(documents: readonly NearDocument[], clusters: ArrayLike<number>): Membership[] {
  const groups = new Map<number, NearDocument[]>();
  documents.forEach((document, at) => {
    const cluster = clusters[at] as number;
    const group = groups.get(cluster);
    if (group === undefined) groups.set(cluster, [document]);
    else group.push(document);
  });
  return [...groups.values()].flatMap((group) => {
    if (group.length < 2) return [];
    const kept = group.reduce((best, each) => (byKeeping(each, best) < 0 ? each : best));
    return group.map(({ trace_id, seq }) => ({
      trace_id,
      seq,
      kept_trace_id: kept.trace_id,
      kept_seq: kept.seq,
    }));
  });
}

/** What the store needs for clusters: as they were, and a way to change them. */
export interface ClusterStore {
  memberships(level: NearLevel): Membership[];
  change(level: NearLevel, change: { set: Membership[]; remove: { trace_id: string; seq: number }[] }): Promise<void>;
}

const atOnce = 500;

/** Makes the stored clusters of a level these; what is the same already is left alone. */
export async function storeClusters(
  level: NearLevel,
  wanted: readonly Membership[],
  store: ClusterStore,
): Promise<void> {
  const place = ({ trace_id, seq }: { trace_id: string; seq: number }) => `${trace_id} ${seq}`;
  const kept = (each: Membership) => `${each.kept_trace_id} ${each.kept_seq}`;
  const before = new Map(store.memberships(level).map((each) => [place(each), each]));
  const set = wanted.filter((each) => {
    const stored = before.get(place(each));
    return stored === undefined || kept(stored) !== kept(each);
  });
  const after = new Set(wanted.map(place));
  const remove = [...before.values()].filter((each) => !after.has(place(each)));
  for (let at = 0; at < Math.max(set.length, remove.length); at += atOnce) {
    await store.change(level, { set: set.slice(at, at + atOnce), remove: remove.slice(at, at + atOnce) });
  }
}

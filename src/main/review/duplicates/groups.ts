import type { WantedTraces } from '../../../shared/model/index.js';
import { clusterOf, defaultThreshold } from '../../ground/near/cluster.js';
import { UnionFind } from '../../ground/near/union-find.js';
import { type NearControl, type NearSource, type NearTools, openCorpus } from './corpus.js';

interface Links {
  trace_id: string;
  parent_trace_id: string | null;
  predecessor_trace_id: string | null;
  source: string;
  metadata: string | null;
}

export interface GroupSource extends NearSource {
  near: NearSource['near'] & {
    links(): Iterable<Links>;
    /** Traces that were compared, two by two. */
    compared(): Iterable<readonly [string, string]>;
  };
}

/** Which traces must not be torn over two splits. */
export interface SplitGroups {
  /** The group's id: the same for all its members, whatever else is stored. */
  of(traceId: string): string;
}

/** Fields of a trace's metadata that name its repository. */
const repositoryFields = ['repo', 'repository', 'repo_url', 'repository_url', 'git_url'];

/**
 * Groups of traces of one family (subagents, what goes on from another), session, repository, or cluster of near-duplicates by task
 * or by trajectory, and of those that were compared: a row of preference holds both. Near-duplicates are looked for among the wanted
 * traces and what they were compared with; what was not signed yet is read for it.
 */
export async function splitGroups(
  tools: NearTools & { source: GroupSource },
  wanted: WantedTraces,
  control: NearControl,
): Promise<SplitGroups> {
  const places = new Map<string, number>();
  const ids: string[] = [];
  const place = (id: string): number => {
    const index = places.get(id);
    if (index !== undefined) return index;
    places.set(id, ids.length);
    return ids.push(id) - 1;
  };
  const pairs: [number, number][] = [];
  /** The first member of each session and repository. */
  const firsts = new Map<string, number>();
  const heads = new Set<number>();
  for (const { trace_id, parent_trace_id, predecessor_trace_id, source, metadata } of tools.source.near.links()) {
    const at = place(trace_id);
    const above = parent_trace_id ?? predecessor_trace_id;
    if (above === null) heads.add(at);
    for (const other of [parent_trace_id, predecessor_trace_id]) if (other !== null) pairs.push([at, place(other)]);
    for (const key of keysOf(source, metadata)) {
      const first = firsts.get(key);
      if (first === undefined) firsts.set(key, at);
      else pairs.push([first, at]);
    }
    await control.pause();
  }
  const { query, trace_ids } = wanted;
  const only =
    trace_ids !== undefined ? new Set(trace_ids) : query.trim() === '' ? null : tools.source.near.matching(query);
  const meant = only && new Set(only);
  for (const [a, b] of tools.source.near.compared()) {
    pairs.push([place(a), place(b)]);
    if (meant?.has(a)) only?.add(b);
    if (meant?.has(b)) only?.add(a);
  }
  for (const level of ['task', 'trajectory'] as const) {
    const corpus = await openCorpus(tools, level, only, control, null);
    const clusters = await clusterOf(corpus, defaultThreshold, control.pause);
    corpus.documents.forEach(({ trace_id }, at) => {
      const cluster = clusters[at] as number;
      if (cluster !== at) pairs.push([place(trace_id), place(corpus.documents[cluster]?.trace_id ?? trace_id)]);
    });
  }
  const sets = new UnionFind(ids.length);
  for (const [a, b] of pairs) sets.unite(a, b);
  const names = new Map<number, string>();
  const better = (id: string, current: string | undefined): boolean => {
    if (current === undefined) return true;
    const [head, other] = [heads.has(place(id)), heads.has(place(current))];
    return head === other ? id < current : head;
  };
  for (const id of ids) {
    const set = sets.find(place(id));
    // A family alone keeps the id of its head, as ever.
    if (better(id, names.get(set))) names.set(set, id);
  }
  return {
    of(traceId) {
      const at = places.get(traceId);
      // Begun since: it stands alone.
      return (at === undefined ? undefined : names.get(sets.find(at))) ?? traceId;
    },
  };
}

function keysOf(source: string, metadata: string | null): string[] {
  const { session } = JSON.parse(source) as { session?: unknown };
  const fields = (metadata === null ? {} : JSON.parse(metadata)) as { [name: string]: unknown };
  const repository = repositoryFields.map((name) => nameIn(fields[name])).find((name) => name !== null);
  return [
    ...(typeof session === 'string' && session !== '' ? [`session ${session}`] : []),
    ...(repository == null ? [] : [`repository ${repository}`]),
  ];
}

/** A repository by its address or name, in whichever form it is given; null where none is. */
function nameIn(value: unknown): string | null {
  if (typeof value === 'object' && value !== null) {
    const { url, name } = value as { url?: unknown; name?: unknown };
    return nameIn(url) ?? nameIn(name);
  }
  if (typeof value !== 'string' || value.trim() === '') return null;
  return value
    .trim()
    .toLowerCase()
    .replace(/^(?:[a-z+]+:\/\/)?(?:[^@/\s]+@)?/, '')
    .replace(/^([^/:\s]+):/, '$1/')
    .replace(/(?:\.git)?\/*$/, '');
}

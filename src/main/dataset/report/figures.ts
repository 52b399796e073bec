import type { ExportOptions, Trace, TraceSummary } from '../../../shared/model/index.js';
import { isObject } from '../../ground/json.js';
import type { AugmentationManifest } from '../augment/augmenting.js';
import type { Row } from '../formats/format.js';
import type { Task } from '../harbor/task.js';
import { proofOf } from '../harbor/task-files.js';
import type { ExportSource, NearFigures } from '../source.js';
import { type Agreed, agreed } from './agreed.js';
import { type Groups, groupFields, groupsOf } from './groups.js';
import { createSeenHashes } from './seen-hashes.js';

/** What quality.json says of a dataset. */
export interface Quality {
  format_version: 1;
  rows: number;
  traces: number;
  splits: { [split: string]: { rows: number; traces: number } };
  /** Values by name: characters of a row, messages and tool calls in it, and scores of the traces (`score.<name>`). */
  distributions: { [name: string]: Distribution };
  /** Rows that are the same as one before them, character by character. */
  duplicates: {
    exact_rows: number;
    looked_at: number;
    /** Traces that nearly repeat others; null: nobody looked for them. Absent in datasets of before. */
    near?: NearFigures | null;
  };
  agreement: {
    reviewed_traces: number;
    accepted: number;
    rejected: number;
    /** Between reviewers, of each field that two of them judged one thing of. Absent in datasets of before. */
    between?: Agreed[];
  };
  redaction: { [entity: string]: { [action: string]: number } };
  dropped_rows: number;
  skipped: { [reason: string]: number };
  balance: Balance | null;
  /** Rows that were derived of others, among all; distributions are of the others alone. Null: none was wanted. */
  augmentation: Pick<AugmentationManifest, 'rows' | 'by' | 'share' | 'left_out'> | null;
  /** Harbor tasks by what came of trying them. Absent where rows are none. */
  proofs?: { [state: string]: number };
  /** Shares of traces by group, in the dataset and among everything that was captured. */
  groups: { [field: string]: GroupShare[] };
  /** Groups with less than half of the share that they have among the captures. */
  under_represented: { field: string; value: string; share: number; captured: number }[];
}

export interface Distribution {
  count: number;
  min: number;
  mean: number;
  max: number;
  /** Upper ends of the eighth of an octave that holds them: at most 9 % too large. */
  p50: number;
  p90: number;
  p99: number;
  /** Counts by the power of two that a value stands below. */
  histogram: { below: number; count: number }[];
}

export interface GroupShare {
  value: string;
  /** Of the traces in the dataset. */
  share: number;
  /** Of the traces captured. */
  captured: number;
  traces: number;
}

export interface Balance {
  by: NonNullable<ExportOptions['balance']>;
  /** Rows that a group may have. */
  cap: number;
  dropped: { [group: string]: number };
}

/** A number that is exact enough for what says how much of something there is, and the same on every machine. */
const rounded = (value: number) => Number(value.toPrecision(6));

/** Gathers values in eighths of octaves: flat memory, whatever comes. */
function createDistribution() {
  const bins = new Map<number, number>();
  let count = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  return {
    add(value: number): void {
      count += 1;
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
      const bin = value <= 0 ? Number.NEGATIVE_INFINITY : Math.floor(Math.log2(value) * 8);
      bins.set(bin, (bins.get(bin) ?? 0) + 1);
    },
    end(): Distribution {
      const sorted = [...bins].sort(([a], [b]) => a - b);
      const at = (share: number) => {
        let before = 0;
        for (const [bin, size] of sorted) {
          before += size;
          if (before >= share * count)
            return bin === Number.NEGATIVE_INFINITY ? 0 : Math.min(max, rounded(2 ** ((bin + 1) / 8)));
        }
        return max;
      };
      const octaves = new Map<number, number>();
      for (const [bin, size] of sorted) {
        const below = bin === Number.NEGATIVE_INFINITY ? 0 : 2 ** (Math.floor(bin / 8) + 1);
        octaves.set(below, (octaves.get(below) ?? 0) + size);
      }
      return {
        count,
        min,
        mean: rounded(sum / count),
        max,
        p50: at(0.5),
        p90: at(0.9),
        p99: at(0.99),
        histogram: [...octaves].map(([below, size]) => ({ below, count: size })),
      };
    },
  };
}

/** Rows whose hash is remembered to find equal ones: 32 MB at most. */
const mostRemembered = 2_000_000;

/** Counts what comes into one part of a dataset. */
export function createFigures(source: Pick<ExportSource, 'domain' | 'agreement' | 'nearDuplicates'>, seed: number) {
  const distributions = new Map<string, ReturnType<typeof createDistribution>>();
  const seen = createSeenHashes();
  const groups = createGroupCounts(source);
  const traceIds = new Set<string>();
  const agreement = { reviewed_traces: 0, accepted: 0, rejected: 0 };
  const proofs: { [state: string]: number } = {};
  let exact = 0;
  let rows = 0;

  const add = (name: string, value: number) => {
    const found = distributions.get(name) ?? createDistribution();
    distributions.set(name, found);
    found.add(value);
  };
  return {
    row(row: Row, chars: number, leaf: Buffer): void {
      rows += 1;
      add('characters', chars);
      if (isObject(row['proof'])) {
        const { state } = proofOf(row as unknown as Task);
        proofs[state] = (proofs[state] ?? 0) + 1;
      }
      if (Array.isArray(row.messages)) {
        add('messages', row.messages.length);
        const calls = row.messages.reduce((sum: number, message) => {
          const made = (message as { tool_calls?: unknown } | null)?.tool_calls;
          return sum + (Array.isArray(made) ? made.length : 0);
        }, 0);
        add('tool_calls', calls);
      }
      if (seen.size() < mostRemembered && seen.add(leaf.readUIntBE(0, 6))) exact += 1;
    },
    trace(trace: Trace): void {
      traceIds.add(trace.trace_id);
      groups.add(trace);
      for (const { name, value } of trace.scores) add(`score.${name}`, value);
      if (trace.review?.label == null) return;
      agreement.reviewed_traces += 1;
      agreement[trace.review.label] += 1;
    },
    end: () => ({
      distributions: Object.fromEntries([...distributions].sort(byName).map(([name, each]) => [name, each.end()])),
      duplicates: {
        exact_rows: exact,
        looked_at: Math.min(rows, mostRemembered + exact),
        near: source.nearDuplicates(traceIds),
      },
      agreement: { ...agreement, between: source.agreement([...traceIds], seed).map(agreed) },
      counts: groups,
      ...(Object.keys(proofs).length > 0 && { proofs }),
    }),
  };
}

export type GroupCounts = ReturnType<typeof createGroupCounts>;

/** Counts traces by the groups that they belong to. */
export function createGroupCounts(source: Pick<ExportSource, 'domain'>) {
  const counts = Object.fromEntries(groupFields.map((field) => [field, new Map<string, number>()])) as {
    [field in keyof Groups]: Map<string, number>;
  };
  let total = 0;
  return {
    total: () => total,
    counts,
    add(trace: TraceSummary): void {
      total += 1;
      const groups = groupsOf(trace, source.domain(trace.trace_id));
      for (const field of groupFields)
        for (const value of groups[field]) counts[field].set(value, (counts[field].get(value) ?? 0) + 1);
    },
  };
}

/** Groups that quality.json lists for a field: those with the most captures. */
const listedGroups = 50;

/** The shares of each group in the dataset and among the captures, and what has less than half of its own. */
export function sharesOf(dataset: GroupCounts, captured: GroupCounts): Pick<Quality, 'groups' | 'under_represented'> {
  const groups: Quality['groups'] = {};
  const under: Quality['under_represented'] = [];
  for (const field of groupFields) {
    const values = [...new Set([...captured.counts[field].keys(), ...dataset.counts[field].keys()])];
    const shares = values.map((value) => {
      const traces = dataset.counts[field].get(value) ?? 0;
      const all = Math.max(captured.counts[field].get(value) ?? 0, traces);
      const share = dataset.total() === 0 ? 0 : traces / dataset.total();
      const whole = Math.max(captured.total(), dataset.total());
      return { value, share: rounded(share), captured: rounded(whole === 0 ? 0 : all / whole), traces };
    });
    shares.sort((a, b) => b.captured - a.captured || (a.value < b.value ? -1 : 1));
    groups[field] = shares.slice(0, listedGroups);
    for (const { value, share, captured: before } of shares)
      if (share < before / 2) under.push({ field, value, share, captured: before });
  }
  return { groups, under_represented: under };
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

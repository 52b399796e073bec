import type { ExportResult, Trace } from '../../shared/model/index.js';

/** How many skipped traces a result names; the counts by reason are complete in manifest.json. */
export const namedSkips = 1000;

/** What is left out: traces that give no row, and branches of those that do. */
export class SkipList {
  readonly named: ExportResult['skipped'] = [];
  traces = 0;
  branches = 0;
  readonly #reasons = { traces: new Map<string, number>(), branches: new Map<string, number>() };

  add(trace: Trace, reasons: string[]): void {
    const distinct = [...new Set(reasons)].sort();
    this.traces += 1;
    this.#name({ trace_id: trace.trace_id, reason: distinct.join('; ') || 'nothing to export' });
    for (const single of distinct) this.#count('traces', single, 1);
  }

  addBranches(trace: Trace, reasons: string[]): void {
    for (const reason of [...new Set(reasons)].sort()) {
      const branches = reasons.filter((other) => other === reason).length;
      this.branches += branches;
      this.#name({ trace_id: trace.trace_id, reason, branches });
      this.#count('branches', reason, branches);
    }
  }

  /** The most frequent reason in words. */
  summary(): string {
    const [first, ...others] = [...this.#reasons.traces].sort(([, a], [, b]) => b - a);
    if (first === undefined) return 'nothing to export';
    return `${first[0]} (${first[1]})${others.length === 0 ? '' : ', and other reasons'}`;
  }

  byReason(of?: 'branches'): { [reason: string]: number } {
    const counts = new Map(this.#reasons.branches);
    if (of === undefined)
      for (const [reason, count] of this.#reasons.traces) counts.set(reason, (counts.get(reason) ?? 0) + count);
    return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #name(skipped: ExportResult['skipped'][number]): void {
    if (this.named.length < namedSkips) this.named.push(skipped);
  }

  #count(of: 'traces' | 'branches', reason: string, by: number): void {
    const counts = this.#reasons[of];
    counts.set(reason, (counts.get(reason) ?? 0) + by);
  }
}

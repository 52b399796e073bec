export interface SplitRow {
  name: string;
  /** Percent. */
  share: number;
}

export const defaultSplit: SplitRow[] = [
  { name: 'train', share: 90 },
  { name: 'test', share: 10 },
];

/** What is wrong with a split, for people; null where nothing is. */
export function splitProblem(rows: SplitRow[]): string | null {
  const names = new Set<string>();
  for (const { name, share } of rows) {
    if (!/^[a-z0-9_-]{1,32}$/.test(name)) return 'Names take lower-case letters, digits, _ and -.';
    if (names.has(name)) return `There are two splits named ${name}.`;
    if (!(share > 0)) return `${name} needs a share above 0.`;
    names.add(name);
  }
  const total = rows.reduce((sum, row) => sum + row.share, 0);
  return Math.abs(total - 100) > 1e-6 ? `Shares add up to ${Number(total.toFixed(4))} %, not 100 %.` : null;
}

/** Shares as the engine takes them, 0..1. */
export function toShares(rows: SplitRow[]): Record<string, number> {
  return Object.fromEntries(rows.map(({ name, share }) => [name, Number((share / 100).toFixed(8))]));
}

/** Shares as people type them. */
export function toRows(shares: Record<string, number>): SplitRow[] {
  return Object.entries(shares).map(([name, share]) => ({ name, share: Number((share * 100).toFixed(6)) }));
}

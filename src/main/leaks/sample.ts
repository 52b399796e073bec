import { hash } from 'node:crypto';
import type { Json, LeakReport } from '../../shared/model/index.js';
import type { FileRow } from './rows/row.js';

type SampleRow = LeakReport['sample']['rows'][number];

const idColumns = ['tool_call_id', 'decision_id', 'id', 'trace_id'];

/** Draws `size` of the rows it is shown, each as likely as every other; the same seed and rows draw the same. */
export function createSample(size: number, seed: number, begun?: { seen: number; drawn: readonly SampleRow[] }) {
  const drawn: SampleRow[] = [...(begun?.drawn ?? [])];
  let seen = begun?.seen ?? 0;
  return {
    /** Algorithm R (Vitter 1985), with SHA-256 of seed and count for its chance. */
    show(file: string, { row, value, offset }: FileRow): void {
      seen += 1;
      const place = seen <= size ? seen - 1 : chance(seed, seen) % seen;
      if (place < size) drawn[place] = { file, row, id: idOf(value), offset };
    },
    /** To go on from. */
    state: () => ({ seen, drawn: [...drawn] }),
    rows: () => [...drawn].sort((a, b) => (a.file === b.file ? a.row - b.row : a.file < b.file ? -1 : 1)),
  };
}

function chance(seed: number, count: number): number {
  return hash('sha256', `${seed} ${count}`, 'buffer').readUIntBE(0, 6);
}

function idOf(value: Json): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  for (const column of idColumns) {
    const id = value[column];
    // Ids of ours only: whatever else stands there may be anything.
    if (typeof id === 'string' && /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(id)) return id;
  }
  return null;
}

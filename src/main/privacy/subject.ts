import { createHash } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import type { AuditActor, Exchange, SubjectPage, Trace } from '../../shared/model/index.js';
import type { JobKind } from '../ground/job-kind.js';
import { type Rewriter, stepMs } from './rewrite-run.js';

export const subjectExportId = 'subject-export';

const subjectParamsSchema = z.object({ order_id: z.string() });
const subjectResultSchema = z.object({
  out: z.string(),
  files: z.array(z.object({ name: z.string(), rows: z.number().int(), bytes: z.number().int(), sha256: z.string() })),
  traces: z.number().int(),
  exchanges: z.number().int(),
});
type SubjectResult = z.infer<typeof subjectResultSchema>;

/** A request looks for so long, then it answers with what it has. */
const pageMs = 400;
const mostHits = 500;

/** Looks for a subject's values, some way from the cursor on. */
export async function searchSubject(
  rewriter: Pick<Rewriter, 'look'>,
  values: string[],
  cursor: string | null,
): Promise<SubjectPage> {
  let from = cursor === null ? null : cursorOf(cursor);
  const until = performance.now() + pageMs;
  const page: SubjectPage = { items: [], next_cursor: null, progress: 0 };
  do {
    const { hits, next, progress } = await rewriter.look({ kind: 'erase', values }, from, stepMs);
    page.items.push(...hits);
    page.progress = progress;
    from = next;
    await breathe();
  } while (from !== null && page.items.length < mostHits && performance.now() < until);
  page.next_cursor = from && `${from.table}:${from.cursor ?? ''}`;
  return page;
}

function cursorOf(text: string): { table: number; cursor: number | null } {
  const match = /^(\d{1,3}):(-?\d{1,16})?$/.exec(text);
  if (match === null) throw new SluiceError('cursor_invalid', 'The cursor is none of this search.');
  return { table: Number(match[1]), cursor: match[2] === undefined ? null : Number(match[2]) };
}

interface SubjectExportDependencies {
  rewriter: Pick<Rewriter, 'look'>;
  /** An order that was made in this run of the engine: they are kept nowhere else. */
  order(orderId: string): { values: string[]; actor: AuditActor } | null;
  trace(traceId: string): Trace | null;
  exchange(exchangeId: string): Exchange | null;
  folder: string;
  finished(counts: { traces: number; exchanges: number }, actor: AuditActor): Promise<unknown>;
}

/** The job that writes everything held on a subject into one JSON file: traces and exchanges that mention it, as stored. */
export function subjectExportKind(
  parts: SubjectExportDependencies,
): JobKind<z.infer<typeof subjectParamsSchema>, SubjectResult> {
  return {
    id: subjectExportId,
    title: 'Subject export',
    params: subjectParamsSchema,
    result: subjectResultSchema,
    // Who is looked for stays in this thread's memory; the looking is the store's thread's.
    lane: 'io',
    atOnce: 1,
    run: ({ order_id }, { signal, progress }) => exportSubject(parts, order_id, signal, progress),
  };
}

async function exportSubject(
  parts: SubjectExportDependencies,
  order_id: string,
  signal: AbortSignal,
  progress: (share: number | null, message: string) => void,
): Promise<SubjectResult> {
  const order = parts.order(order_id);
  if (order === null) throw new SluiceError('not_found', 'The values of this order are gone; ask again.');
  const { values } = order;
  const traces = new Set<string>();
  const exchanges = new Set<string>();
  let from: { table: number; cursor: number | null } | null = null;
  do {
    signal.throwIfAborted();
    const page = await parts.rewriter.look({ kind: 'erase', values }, from, stepMs);
    for (const { exchange_id, trace_ids } of page.hits) {
      if (exchange_id !== null) exchanges.add(exchange_id);
      for (const id of trace_ids) traces.add(id);
    }
    from = page.next;
    progress(page.progress * 0.8, `${traces.size} traces and ${exchanges.size} exchanges`);
    await breathe();
  } while (from !== null);
  const out = join(parts.folder, `subject-${order_id}`);
  await mkdir(out, { recursive: true, mode: 0o700 });
  const file = await open(join(out, 'subject.json'), 'w', 0o600);
  const hash = createHash('sha256');
  let bytes = 0;
  const write = async (text: string) => {
    const chunk = Buffer.from(text);
    hash.update(chunk);
    bytes += chunk.length;
    await file.writeFile(chunk);
  };
  try {
    await write(`{"version":1,"made_at":${JSON.stringify(new Date().toISOString())},"traces":[`);
    await writeList(write, traces, parts.trace, signal);
    await write('],"exchanges":[');
    await writeList(write, exchanges, parts.exchange, signal);
    await write(']}\n');
    await file.sync();
  } finally {
    await file.close();
  }
  const counts = { traces: traces.size, exchanges: exchanges.size };
  await parts.finished(counts, order.actor);
  return {
    out,
    files: [{ name: 'subject.json', rows: traces.size + exchanges.size, bytes, sha256: hash.digest('hex') }],
    ...counts,
  };
}

async function writeList<T>(
  write: (text: string) => Promise<void>,
  ids: Iterable<string>,
  read: (id: string) => T | null,
  signal: AbortSignal,
): Promise<void> {
  let first = true;
  for (const id of ids) {
    signal.throwIfAborted();
    const record = read(id);
    if (record === null) continue;
    await write(`${first ? '\n' : ',\n'}${JSON.stringify(record)}`);
    first = false;
    await breathe();
  }
}

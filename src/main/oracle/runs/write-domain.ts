import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Quotas } from '../../../shared/model/oracle.js';
import { linesOf } from '../../ground/lines.js';
import { replaceFileSync } from '../../ground/replace-file.js';
import type { OpenCatalogue } from '../catalogue.js';
import { defaultShapes } from '../sampler/sample.js';
import { type ChunkOf, type Lines, tracesOf } from './chunk.js';
import { parquetName, type RunFile } from './files-of-run.js';
import { cellsOf, planOf } from './quotas.js';
import { type Comparable, nothingSeen, type Seen } from './seen.js';
import { add, noStatistics, type Statistics } from './statistics.js';

/** Bytes that are written at once. */
const writeAt = 1 << 20;

/** All that one thread needs to know to write a domain's part of a run. */
export interface DomainOrder {
  out: string;
  seed: number;
  domain: string;
  files: readonly RunFile[];
  /** Absent: shapes as the sampler has them. */
  quotas?: Quotas | undefined;
  /** Whether each file is written as Parquet too. */
  parquet?: true | undefined;
  /** Share of traces in which texts are retrieved; absent: none. */
  retrieval?: number | undefined;
}

/** Writes lines as a Parquet file that is not there yet, forced to disk. */
export type WriteParquet = (lines: AsyncIterable<string>, path: string) => Promise<{ sha256: string }>;

export interface WritingWith {
  /** Absent: nobody does; who orders it fails. */
  parquet?: WriteParquet;
  signal: AbortSignal;
  progress(soFar: Statistics): void;
  /** What makes the traces; the sampler where nothing else does. */
  lines?: Lines;
  /** Whether it had to stop: what is there then is kept, and made again by whoever goes on. */
  isCut?(): boolean;
}

/**
 * Writes a domain's files, one after another; each appears whole or not at all, and what is there as it was written stays. What was made twice is
 * looked for within the domain. Null where it was cancelled.
 */
export async function writeDomain(
  catalogue: OpenCatalogue,
  { out, seed, domain: id, files, quotas, parquet, retrieval }: DomainOrder,
  {
    signal,
    progress,
    lines = tracesOf.bind(null, catalogue),
    isCut = () => false,
    parquet: asParquet = nobody,
  }: WritingWith,
): Promise<Statistics | null> {
  const domain = catalogue.named(id);
  const statistics = noStatistics();
  const plan = quotas === undefined ? null : planOf(domain, cellsOf(catalogue, domain), quotas, seed);
  for (const what of plan?.unreachable ?? []) statistics.unreachable[what] = 1;
  const seen = nothingSeen(files.reduce((sum, { count }) => sum + count, 0));
  for (const file of files) {
    if (signal.aborted) return null;
    if (isCut()) break;
    const kept = await finished(out, file, seen);
    const of = {
      domain,
      seed,
      ...(plan === null ? {} : { aim: plan.aim }),
      ...(retrieval === undefined ? {} : { retrieval }),
      seen,
      signal,
      lines,
      isCut,
      progress(soFar: Statistics) {
        const now = noStatistics();
        add(now, statistics);
        add(now, soFar);
        progress(now);
      },
    };
    const made = kept ?? (await write(out, file, of));
    if (made === null) return null;
    if (parquet) await alsoParquet(out, file, asParquet);
    add(statistics, made);
    progress(statistics);
  }
  return { ...statistics, ...(await seen.near()) };
}

interface Part {
  sha256: string;
  /** The same of the file as Parquet, once that is there. */
  parquet_sha256?: string;
  statistics: Statistics;
}

const partPath = (out: string, { name }: RunFile): string => join(out, 'parts', name.replace(/\.jsonl$/, '.json'));

const nobody: WriteParquet = () => Promise.reject(new TypeError('Nobody writes Parquet here.'));

/** Writes a whole file as Parquet beside it, where that is not there as it was written. One that a budget cut has no part, and is written anew. */
async function alsoParquet(out: string, file: RunFile, write: WriteParquet): Promise<void> {
  const lines = join(out, file.name);
  const path = join(out, parquetName(file));
  if (!existsSync(lines)) return;
  const part = readPart(partPath(out, file));
  if (part?.parquet_sha256 !== undefined && existsSync(path) && (await sha256Of(path)) === part.parquet_sha256) return;
  const draft = `${path}.tmp`;
  rmSync(draft, { force: true });
  const { sha256 } = await write(linesOf(createReadStream(lines)), draft);
  renameSync(draft, path);
  if (part !== null) writePart(out, file, { ...part, parquet_sha256: sha256 });
}

/** What a file that is there counts, where it is what was written; its traces are known from then on. */
async function finished(out: string, file: RunFile, seen: Seen): Promise<Statistics | null> {
  const path = join(out, file.name);
  const part = readPart(partPath(out, file));
  if (part === null) return null;
  if (!existsSync(path)) return null;
  if ((await sha256Of(path)) !== part.sha256) return null;
  for await (const line of linesOf(createReadStream(path))) seen.take(JSON.parse(line) as Comparable);
  return part.statistics;
}

const writePart = (out: string, file: RunFile, part: Part): void =>
  replaceFileSync(partPath(out, file), `${JSON.stringify(part)}\n`, 0o644);

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Null where there is none, or one that counts less than today: its file is made again, with the same bytes. */
function readPart(path: string): Part | null {
  let part: Part;
  try {
    part = JSON.parse(readFileSync(path, 'utf8')) as Part;
  } catch {
    return null;
  }
  return Object.keys(noStatistics()).every((key) => key in part.statistics) ? part : null;
}

interface Writing
  extends Required<Omit<WritingWith, 'parquet'>>,
    Pick<ChunkOf, 'domain' | 'seed' | 'aim' | 'retrieval'> {
  seen: Seen;
}

/** Null where it was cancelled: then, and where it fails, nothing of the file is left. */
async function write(
  out: string,
  file: RunFile,
  { seen, signal, progress, lines, isCut, ...chunk }: Writing,
): Promise<Statistics | null> {
  const path = join(out, file.name);
  const draft = `${path}.tmp`;
  const statistics = noStatistics();
  const hash = createHash('sha256');
  const handle = openSync(draft, 'w', 0o644);
  let waiting = '';
  const flush = () => {
    hash.update(waiting);
    writeFileSync(handle, waiting);
    waiting = '';
  };
  let told = performance.now();
  let whole = false;
  try {
    const of = { ...chunk, shapes: defaultShapes, from: file.from, count: file.count };
    for await (const line of lines(of, seen, statistics, progress)) {
      waiting += line;
      if (waiting.length >= writeAt) flush();
      if (performance.now() - told > 200) {
        told = performance.now();
        progress(statistics);
        // Whoever cancels is heard between two lines.
        await new Promise(setImmediate);
        if (signal.aborted) break;
      }
    }
    flush();
    fsyncSync(handle);
    whole = !signal.aborted && (statistics.validated > 0 || !isCut());
  } catch (error) {
    // Who is asked meanwhile says so in an error of its own.
    if (!signal.aborted) throw error;
  } finally {
    closeSync(handle);
    if (!whole) rmSync(draft, { force: true });
  }
  if (signal.aborted) return null;
  if (!whole) return statistics;
  renameSync(draft, path);
  if (isCut()) return statistics;
  const part: Part = { sha256: hash.digest('hex'), statistics };
  // Behind the file: what has no part is made again.
  writePart(out, file, part);
  return statistics;
}

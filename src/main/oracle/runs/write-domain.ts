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
import { linesOf } from '../../ground/lines.js';
import { replaceFileSync } from '../../ground/replace-file.js';
import type { OpenCatalogue } from '../catalogue.js';
import type { Domain } from '../domains/domain.js';
import { defaultShapes } from '../sampler/sample.js';
import { contentHash, tracesOf } from './chunk.js';
import type { RunFile } from './files-of-run.js';
import { add, noStatistics, type Statistics } from './statistics.js';

/** Bytes that are written at once. */
const writeAt = 1 << 20;

/** All that one thread needs to know to write a domain's part of a run. */
export interface DomainOrder {
  out: string;
  seed: number;
  domain: string;
  files: readonly RunFile[];
}

export type Counts = Pick<Statistics, 'validated' | 'failed'>;

/**
 * Writes a domain's files, one after another; each appears whole or not at all, and what is there as it was written stays. What was made twice is
 * looked for within the domain. Null where it was cancelled.
 */
export async function writeDomain(
  catalogue: OpenCatalogue,
  { out, seed, domain: id, files }: DomainOrder,
  { signal, progress }: { signal: AbortSignal; progress(counts: Counts): void },
): Promise<Statistics | null> {
  const domain = catalogue.named(id);
  const statistics = noStatistics();
  const seen = new Set<string>();
  for (const file of files) {
    if (signal.aborted) return null;
    const kept = await finished(out, file, seen);
    const { validated, failed } = statistics;
    const of = {
      domain,
      seed,
      seen,
      signal,
      progress: (counts: Counts) =>
        progress({ validated: validated + counts.validated, failed: failed + counts.failed }),
    };
    const made = kept ?? (await write(catalogue, out, file, of));
    if (made === null) return null;
    add(statistics, made);
    progress(statistics);
  }
  return statistics;
}

interface Part {
  sha256: string;
  statistics: Statistics;
}

const partPath = (out: string, { name }: RunFile): string => join(out, 'parts', name.replace(/\.jsonl$/, '.json'));

/** What a file that is there counts, where it is what was written; its traces are known from then on. */
async function finished(out: string, file: RunFile, seen: Set<string>): Promise<Statistics | null> {
  const path = join(out, file.name);
  let part: Part;
  try {
    part = JSON.parse(readFileSync(partPath(out, file), 'utf8')) as Part;
  } catch {
    return null;
  }
  if (!existsSync(path)) return null;
  const hash = createHash('sha256');
  const hashes: string[] = [];
  for await (const line of linesOf(createReadStream(path))) {
    hash.update(`${line}\n`);
    try {
      hashes.push(contentHash(JSON.parse(line) as Parameters<typeof contentHash>[0]));
    } catch {
      return null;
    }
  }
  if (hash.digest('hex') !== part.sha256) return null;
  for (const each of hashes) seen.add(each);
  return part.statistics;
}

interface Writing {
  domain: Domain;
  seed: number;
  seen: Set<string>;
  signal: AbortSignal;
  progress(counts: Counts): void;
}

/** Null where it was cancelled: then, and where it fails, nothing of the file is left. */
async function write(
  catalogue: OpenCatalogue,
  out: string,
  file: RunFile,
  { domain, seed, seen, signal, progress }: Writing,
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
    const of = { domain, seed, shapes: defaultShapes, from: file.from, count: file.count };
    for (const line of tracesOf(catalogue, of, seen, statistics)) {
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
    whole = !signal.aborted;
  } finally {
    closeSync(handle);
    if (!whole) rmSync(draft, { force: true });
  }
  if (!whole) return null;
  renameSync(draft, path);
  const part: Part = { sha256: hash.digest('hex'), statistics };
  // Behind the file: what has no part is made again.
  replaceFileSync(partPath(out, file), `${JSON.stringify(part)}\n`, 0o644);
  return statistics;
}

import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { SluiceError } from '../../../shared/errors.js';
import { linesOf } from '../../ground/lines.js';
import { replaceFileSync } from '../../ground/replace-file.js';
import type { OpenCatalogue } from '../catalogue.js';
import { defaultShapes } from '../sampler/sample.js';
import { contentHash, tracesOf } from './chunk.js';
import { differences, type RunConfig, readManifest, writeManifest } from './manifest.js';
import { filesOf, type RunFile } from './plan-of-run.js';
import { add, noStatistics, type Statistics } from './statistics.js';

/** Traces of one file: a second's work, which is what a kill costs at most. */
const perFile = 20_000;
/** Bytes that are written at once. */
const writeAt = 1 << 20;

export interface RunOptions {
  total: number;
  domains: readonly string[];
  out: string;
  seed: number;
  resume: boolean;
  signal: AbortSignal;
  /** After each file, and about each second within one. */
  progress(done: { validated: number; failed: number }): void;
}

export interface RunResult {
  run_id: string;
  started_at: string;
  seconds: number;
  statistics: Statistics;
  files: string[];
  /** Ids of those that it is of. */
  domains: string[];
  cancelled: boolean;
}

/**
 * Writes a run's files, one after another; each appears whole or not at all. A run that was cut off goes on with the first file that is not there, and
 * comes out as if it had not been.
 * @throws SluiceError `oracle_out_used`, `oracle_run_differs`, `oracle_run_unreadable`, `oracle_domain_unknown`
 */
export async function runOracle(
  catalogue: OpenCatalogue,
  { total, domains: names, out, seed, resume, signal, progress }: RunOptions,
): Promise<RunResult> {
  const domains = names.length === 0 ? catalogue.domains : names.map((name) => catalogue.named(name));
  const config: RunConfig = {
    version: 1,
    generator: 'sampler',
    total,
    seed,
    domains: domains.map(({ id }) => id),
    catalogue: catalogue.fingerprint,
    shapes: Object.fromEntries(defaultShapes),
    per_file: perFile,
  };
  const begun = performance.now();
  const manifest = claim(out, config, resume);
  const files = filesOf(domains, total, perFile);
  const statistics = noStatistics();
  let seen = new Set<string>();
  for (const [index, file] of files.entries()) {
    if (file.from === 0) seen = new Set();
    const kept = await finished(out, file, seen);
    if (kept !== null) add(statistics, kept);
    else {
      const before = { validated: statistics.validated, failed: statistics.failed };
      const made = await write(catalogue, out, file, { seed, seen, signal }, ({ validated, failed }) =>
        progress({ validated: before.validated + validated, failed: before.failed + failed }),
      );
      if (made === null)
        return {
          run_id: manifest.run_id,
          started_at: manifest.started_at,
          seconds: secondsSince(begun),
          statistics,
          files: files.slice(0, index).map(({ name }) => name),
          cancelled: true,
          domains: config.domains,
        };
      add(statistics, made);
    }
    progress(statistics);
  }
  return {
    run_id: manifest.run_id,
    started_at: manifest.started_at,
    seconds: secondsSince(begun),
    statistics,
    files: files.map(({ name }) => name),
    cancelled: false,
    domains: config.domains,
  };
}

const secondsSince = (begun: number): number => Math.round(performance.now() - begun) / 1000;

/** The folder is this run's: an empty one, or one that such a run has begun. */
function claim(out: string, config: RunConfig, resume: boolean) {
  const known = readManifest(out);
  if (known !== null) {
    const differ = differences(known.config, config);
    if (differ.length > 0)
      throw new SluiceError(
        'oracle_run_differs',
        `${out} holds a run with other settings: ${differ.join(', ')}.`,
        differ,
      );
    if (!resume) throw new SluiceError('oracle_out_used', `${out} holds this run already, whole or in part.`);
    return known;
  }
  if (existsSync(out) && readdirSync(out).some((name) => /^traces-\d+\.jsonl$/.test(name)))
    throw new SluiceError('oracle_out_used', `${out} holds traces of something else.`);
  mkdirSync(join(out, 'parts'), { recursive: true });
  const manifest = { run_id: `oracle_${randomUUID()}`, started_at: new Date().toISOString(), config };
  writeManifest(out, manifest);
  return manifest;
}

interface Part {
  bytes: number;
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
  seed: number;
  seen: Set<string>;
  signal: AbortSignal;
}

/** Null where it was cancelled: then nothing of the file is left. */
async function write(
  catalogue: OpenCatalogue,
  out: string,
  file: RunFile,
  { seed, seen, signal }: Writing,
  progress: (statistics: Statistics) => void,
): Promise<Statistics | null> {
  const path = join(out, file.name);
  const draft = `${path}.tmp`;
  const statistics = noStatistics();
  const hash = createHash('sha256');
  const handle = openSync(draft, 'w', 0o644);
  let bytes = 0;
  let waiting = '';
  const flush = () => {
    hash.update(waiting);
    bytes += writeSync(handle, waiting);
    waiting = '';
  };
  let told = performance.now();
  try {
    for (const line of tracesOf(
      catalogue,
      { domain: file.domain, seed, shapes: defaultShapes, from: file.from, count: file.count },
      seen,
      statistics,
    )) {
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
  } finally {
    closeSync(handle);
    if (signal.aborted) rmSync(draft, { force: true });
  }
  if (signal.aborted) return null;
  renameSync(draft, path);
  const part: Part = { bytes, sha256: hash.digest('hex'), statistics };
  // Behind the file: what has no part is made again.
  replaceFileSync(partPath(out, file), `${JSON.stringify(part)}\n`, 0o644);
  return statistics;
}

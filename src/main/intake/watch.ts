import { createHash } from 'node:crypto';
import { type FSWatcher, watch as watchFolder } from 'node:fs';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SluiceError } from '../../shared/errors.js';
import { uuidv7 } from '../../shared/ids.js';
import { replaceFile } from '../ground/replace-file.js';
import { importerNamed, namedImporter } from './import-order.js';
import { importSink, type SinkDependencies } from './import-sink.js';
import { claudeCode } from './importers/claude-code.js';
import { codex } from './importers/codex.js';
import { geminiCli } from './importers/gemini-cli.js';
import { type Importer, pause } from './importers/importer.js';
import { fileKeyOf, headBytes, readHead } from './importers/reading/input.js';
import type { ReadCall } from './read-call.js';
import type { ReadMessages } from './read-messages.js';

const pollMs = 1000;
const pieceBytes = 256 * 1024;
/** After so long without a line the writer is taken to pause: an answer that says it is whole is given out. */
const quietMs = 1500;
/** After so long nothing more of an unfinished answer is waited for. */
const staleMs = 30_000;
/** After so long a file is taken to be over; when it grows again it is read again from its beginning. */
const overMs = 10 * 60_000;
const maxDepth = 8;
const maxFiles = 50_000;
/** Files that are read at the same time. */
const readers = 4;

export interface WatchDependencies extends SinkDependencies {
  readMessages: ReadMessages;
  readCall: ReadCall;
  /** File in the data folder that says how far each file was taken. */
  stateFile: string;
  onError(error: unknown): void;
  /** Milliseconds since the epoch. */
  now?(): number;
}

interface Found {
  path: string;
  size: number;
  ino: number;
  mtimeMs: number;
}

/** A file's name in the state: paths hold names of people and of projects. */
type FileId = string;

/**
 * Follows folders of session files. Each growing file is read by its importer as a stream that pauses with its writer;
 * what was stored before is passed over by its id, so neither a restart nor a rewritten file loses or doubles a line.
 */
export function createWatches(parts: WatchDependencies) {
  const active = new Map<string, ReturnType<typeof follow>>();
  const sizes = takenSizes(parts);
  return {
    /** `as`: how files are read, other than session files of agents. */
    async start(folders: string[], as?: string) {
      const chosen = as === undefined ? null : { as: await namedImporter(as) };
      for (const folder of folders) {
        if (!(await stat(folder).catch(() => null))?.isDirectory())
          throw new SluiceError('import_unreadable', 'The path names no folder that can be read on this machine.');
      }
      const watch = follow(folders, parts, sizes, chosen === null ? agents : readAs(chosen.as));
      active.set(watch.state().watch_id, watch);
      return watch.state();
    },
    list: () => [...active.values()].map((watch) => watch.state()),
    get: (watchId: string) => active.get(watchId)?.state() ?? null,
    async end(watchId: string) {
      const watch = active.get(watchId);
      if (watch === undefined) return null;
      await watch.end();
      active.delete(watchId);
      return watch.state();
    },
    /** Stops all of them; the engine stops. */
    async close(): Promise<void> {
      await Promise.all([...active.values()].map((watch) => watch.end()));
      active.clear();
    },
  };
}

function follow(
  folders: string[],
  parts: WatchDependencies,
  sizes: ReturnType<typeof takenSizes>,
  { importers, files, idOf }: Followed,
) {
  const now = parts.now ?? Date.now;
  const watchId = uuidv7();
  const abort = new AbortController();
  const counts = { files: 0, taken: 0, duplicates: 0, skipped: 0 };
  const traceIds = new Set<string>();
  const tails = new Map<string, Tail>();
  let reading = 0;
  const waiting: (() => void)[] = [];
  let wake = Promise.withResolvers<void>();
  let ending = false;

  async function turn(): Promise<void> {
    if (reading >= readers) await new Promise<void>((resolve) => waiting.push(resolve));
    reading += 1;
  }
  function done(): void {
    reading -= 1;
    waiting.shift()?.();
  }

  async function scan(): Promise<void> {
    const found: Found[] = [];
    for (const folder of folders) await filesIn(folder, files, 0, found);
    counts.files = found.length;
    for (const file of found) {
      const tail = tails.get(file.path);
      if (tail !== undefined) tail.seen(file);
      else if (sizes.get(idOf(file.path)) !== file.size && file.size > 0) {
        const started = new Tail(file, now);
        tails.set(file.path, started);
        void take(started);
      }
    }
  }

  /** Reads one file until it is over. */
  async function take(tail: Tail): Promise<void> {
    await turn();
    let counted = true;
    const release = () => {
      if (counted) done();
      counted = false;
    };
    let tell = () => {};
    try {
      const head = await tail.head();
      const [only, ...others] = importers;
      const importer =
        others.length === 0
          ? only
          : importers.find((candidate) => candidate.detect(readHead(basename(tail.path), head)) > 0);
      if (importer === undefined) {
        tail.end();
        return;
      }
      const sink = importSink(importer.id, basename(tail.path), parts, abort.signal);
      const before = { taken: 0, duplicates: 0, skipped: 0 };
      tell = () => {
        const { taken, duplicates, skipped_count, trace_ids } = sink.report;
        counts.taken += taken.records - before.taken;
        counts.duplicates += duplicates - before.duplicates;
        counts.skipped += skipped_count - before.skipped;
        before.taken = taken.records;
        before.duplicates = duplicates;
        before.skipped = skipped_count;
        for (const traceId of trace_ids) if (traceIds.size < 1000) traceIds.add(traceId);
      };
      const publish = async () => {
        await sink.settle();
        tell();
      };
      const context = {
        name: basename(tail.path),
        fileKey: fileKeyOf(head, null),
        at: Math.round(tail.modifiedMs * 1000),
        readMessages: parts.readMessages,
        readCall: parts.readCall,
      };
      // Reading to the end of what is there takes a turn; waiting for more does not.
      const bytes = tail.bytes(async () => {
        await publish();
        release();
      });
      for await (const item of importer.read(bytes, context)) await sink.add(item);
      await publish();
      await sizes.set(idOf(tail.path), tail.offset);
    } catch (error) {
      // What was written before it failed is taken, and comes again as a duplicate.
      tell();
      if (!abort.signal.aborted) parts.onError(error);
    } finally {
      release();
      tails.delete(tail.path);
    }
  }

  const watchers: FSWatcher[] = [];
  async function loop(): Promise<void> {
    await sizes.loaded();
    for (const folder of folders) {
      try {
        // Polling finds everything; this only finds it sooner, where the system can tell.
        watchers.push(watchFolder(folder, { recursive: true }, () => wake.resolve()).on('error', () => {}));
      } catch {}
    }
    while (!ending) {
      await scan().catch(parts.onError);
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([
        wake.promise,
        new Promise((resolve) => {
          timer = setTimeout(resolve, pollMs);
        }),
      ]);
      clearTimeout(timer);
      // A burst of events is one scan.
      if (!ending) await new Promise((resolve) => setTimeout(resolve, 50));
      wake = Promise.withResolvers();
    }
    await scan().catch(parts.onError);
    for (const tail of tails.values()) tail.end();
    while (tails.size > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await sizes.saved();
  }
  const running = loop();

  return {
    state: () => ({ watch_id: watchId, folders, ...counts, trace_ids: [...traceIds] }),
    /** Takes what is there by now, and stops. */
    async end(): Promise<void> {
      ending = true;
      wake.resolve();
      for (const watcher of watchers) watcher.close();
      await running;
    },
  };
}

/** One file as a stream that goes on as long as it grows. */
class Tail {
  readonly path: string;
  offset = 0;
  modifiedMs: number;
  readonly #ino: number;
  readonly #now: () => number;
  #size: number;
  #ended = false;
  #lastGrowth: number;
  #wake = Promise.withResolvers<void>();

  constructor(file: Found, now: () => number) {
    this.path = file.path;
    this.#ino = file.ino;
    this.#size = file.size;
    this.modifiedMs = file.mtimeMs;
    this.#now = now;
    this.#lastGrowth = Math.min(now(), file.mtimeMs);
  }

  /** What a scan found of the file. Shorter, or another file under its name: this one is over, the next scan begins anew. */
  seen(file: Found): void {
    if (file.ino !== this.#ino || file.size < this.offset) this.end();
    else if (file.size > this.#size) {
      this.#size = file.size;
      this.modifiedMs = file.mtimeMs;
      this.#lastGrowth = this.#now();
    }
    this.#wake.resolve();
  }

  end(): void {
    this.#ended = true;
    this.#wake.resolve();
  }

  async head(): Promise<Uint8Array> {
    return this.#piece(0, headBytes);
  }

  /** @param caughtUp called each time everything that is there was read */
  async *bytes(caughtUp: () => Promise<void>): AsyncGenerator<Uint8Array> {
    let pauses = 0;
    for (;;) {
      const piece = await this.#piece(this.offset, pieceBytes);
      if (piece.length > 0) {
        this.offset += piece.length;
        pauses = 0;
        yield piece;
        continue;
      }
      await caughtUp();
      const quiet = this.#now() - this.#lastGrowth;
      if (this.#ended || quiet > overMs) return;
      if ((pauses === 0 && quiet > quietMs) || (pauses === 1 && quiet > staleMs)) {
        pauses += 1;
        yield pause;
        await caughtUp();
      }
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
    }
  }

  async #piece(from: number, length: number): Promise<Uint8Array> {
    const file = await open(this.path, 'r').catch(() => null);
    if (file === null) {
      this.#ended = true;
      return new Uint8Array(0);
    }
    try {
      const { ino, size } = await file.stat();
      if (ino !== this.#ino || size < from) {
        this.#ended = true;
        return new Uint8Array(0);
      }
      const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, from);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }
}

async function filesIn(folder: string, names: RegExp, depth: number, found: Found[]): Promise<void> {
  if (depth > maxDepth) return;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (found.length >= maxFiles) return;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await filesIn(path, names, depth + 1, found);
    else if (entry.isFile() && names.test(entry.name)) {
      const file = await stat(path).catch(() => null);
      if (file !== null) found.push({ path, size: file.size, ino: file.ino, mtimeMs: file.mtimeMs });
    }
  }
}

/** Sizes up to which files were taken whole: one state for all watches, as they share the file that keeps it. */
function takenSizes({ stateFile, onError }: Pick<WatchDependencies, 'stateFile' | 'onError'>) {
  const loading = loadSizes(stateFile);
  /** One write after the other; one that failed does not stop the next, which holds what it held. */
  let saving = Promise.resolve();
  let sizes = new Map<FileId, number>();
  const loaded = async () => {
    sizes = await loading;
  };
  return {
    loaded,
    get: (id: FileId) => sizes.get(id),
    set(id: FileId, size: number): Promise<void> {
      sizes.set(id, size);
      saving = saving
        .then(() => replaceFile(stateFile, JSON.stringify({ version: 1, sizes: Object.fromEntries(sizes) })))
        .catch(onError);
      return saving;
    },
    saved: () => saving,
  };
}

async function loadSizes(path: string): Promise<Map<FileId, number>> {
  try {
    const { version, sizes } = JSON.parse(await readFile(path, 'utf8')) as {
      version: number;
      sizes: { [id: FileId]: number };
    };
    return new Map(version === 1 ? Object.entries(sizes) : []);
  } catch {
    // Without it every file is read once more, and what is stored is passed over.
    return new Map();
  }
}

function hashOf(...parts: string[]): FileId {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 32);
}

/** Which files are followed, and how they are read. */
interface Followed {
  /** Where there are several, each file is told by its content. */
  importers: readonly Importer[];
  files: RegExp;
  idOf(path: string): FileId;
}

/** Agents whose session files grow line by line. */
const agents: Followed = { importers: [claudeCode, codex, geminiCli], files: /\.jsonl$/, idOf: (path) => hashOf(path) };

/** Files of lines, all read the same way; what another way took of them is another matter. */
function readAs(as: string): Followed {
  return { importers: [importerNamed(as)], files: /\.(jsonl|ndjson|log)$/, idOf: (path) => hashOf(path, as) };
}

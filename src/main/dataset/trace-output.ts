import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import { isObject, parseJson } from '../ground/json.js';
import { replaceFile } from '../ground/replace-file.js';
import { type AppendedFile, openAppendedFile } from './appended-file.js';

/** Files that are remembered; the oldest are forgotten. */
const mostRemembered = 100;
/** What finishes within this time is written at once, in milliseconds. */
const gatherMs = 200;

/** `trace-outputs.json`: how far each file was written, by a hash of its path, which may hold names. */
const stateSchema = z.object({
  version: z.literal(1),
  files: z.record(z.string(), z.object({ seq: z.int(), bytes: z.int() })),
});
type Files = z.infer<typeof stateSchema>['files'];

export interface TraceOutputDependencies {
  stateFile: string;
  /** Where the last finished tool call stands. */
  lastFinished(): number;
  /** What finished behind a place, as JSON lines. */
  rows(after: number, session: string | null): Promise<{ lines: Uint8Array[]; last_seq: number; more: boolean }>;
  /** A file that could not be written; it is tried again at the next change. */
  onFailure(error: Error): void;
}

interface Output {
  path: string;
  session: string | null;
  file: AppendedFile;
  seq: number;
  rows: number;
  /** What a run that was killed had written already, and not noted. */
  written: Set<string>;
  failed: Error | null;
  /** One write after the other. */
  writing: Promise<void>;
}

/** What became of a file. */
export interface TraceOutputReport {
  rows: number;
  /** Whether everything that finished is in it. */
  complete: boolean;
}

/**
 * Files that each finished tool call is appended to, in the standard shape. With `resume` a file goes on, after a restart, where it
 * ended; else it begins with what finishes from now on.
 */
export function createTraceOutputs(parts: TraceOutputDependencies) {
  const outputs = new Map<string, Output>();
  let timer: NodeJS.Timeout | undefined;
  let state: Promise<Files> | undefined;
  let saving = Promise.resolve();

  function files(): Promise<Files> {
    state ??= stateIn(parts.stateFile);
    return state;
  }

  function save(path: string, seq: number, bytes: number): Promise<void> {
    saving = saving.then(async () => {
      const positions = await files();
      const name = nameOf(path);
      // The newest stands last.
      delete positions[name];
      positions[name] = { seq, bytes };
      for (const oldest of Object.keys(positions).slice(0, -mostRemembered)) delete positions[oldest];
      await replaceFile(parts.stateFile, JSON.stringify({ version: 1, files: positions }));
    });
    const saved = saving;
    saving = saving.catch(() => {});
    return saved;
  }

  async function write(output: Output): Promise<void> {
    for (;;) {
      const { lines, last_seq, more } = await parts.rows(output.seq, output.session);
      if (last_seq === output.seq) return;
      const fresh = output.written.size === 0 ? lines : lines.filter((line) => !output.written.delete(keyOfLine(line)));
      const bytes = fresh.length === 0 ? await output.file.size() : await output.file.append(fresh);
      output.seq = last_seq;
      output.rows += fresh.length;
      if (output.session === null) await save(output.path, last_seq, bytes);
      if (!more) return;
    }
  }

  function flush(output: Output): Promise<void> {
    output.writing = output.writing.then(async () => {
      try {
        await write(output);
        output.failed = null;
      } catch (error) {
        output.failed = error as Error;
        parts.onFailure(error as Error);
      }
    });
    return output.writing;
  }

  return {
    /**
     * @param session only what its calls asked for, from now on; null: everything, going on where the file ended
     * @throws SluiceError `trace_output_unwritable`
     */
    async open(id: string, path: string, session: string | null): Promise<void> {
      if ([...outputs.values()].some((output) => output.path === path)) {
        throw new SluiceError('trace_output_unwritable', `${path} is being appended to already.`);
      }
      const file = await openAppendedFile(path);
      const position = session === null ? (await files())[nameOf(path)] : undefined;
      const size = await file.size();
      // Shorter than it was: another file under its name.
      const written = await file.rowsBehind(
        position === undefined || position.bytes > size ? size : position.bytes,
        keyOfRow,
      );
      const seq = Math.min(position?.seq ?? Number.POSITIVE_INFINITY, parts.lastFinished());
      const output = { path, session, file, seq, rows: 0, written, failed: null, writing: Promise.resolve() };
      outputs.set(id, output);
      if (session === null && position === undefined) await save(path, seq, await file.size());
      await flush(output);
    },

    /** Something may have finished. */
    changed(): void {
      if (outputs.size === 0) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        for (const output of outputs.values()) void flush(output);
      }, gatherMs);
    },

    /** Writes what has finished by now and closes the file. */
    async close(id: string): Promise<TraceOutputReport | null> {
      const output = outputs.get(id);
      if (output === undefined) return null;
      await flush(output);
      outputs.delete(id);
      await output.file.close();
      return { rows: output.rows, complete: output.failed === null };
    },

    async closeAll(): Promise<void> {
      clearTimeout(timer);
      for (const id of [...outputs.keys()]) await this.close(id);
    },
  };
}

function nameOf(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 32);
}

function keyOfLine(line: Uint8Array): string {
  const row = parseJson(Buffer.from(line).toString('utf8'));
  return keyOfRow(isObject(row) ? row : {});
}

/** Ids of tool calls are unique only within a call. */
function keyOfRow({ metadata, timestamp }: { [name: string]: unknown }): string {
  const { trace_id, call_id, tool_call_id } = (metadata ?? {}) as { [name: string]: unknown };
  return JSON.stringify([trace_id, call_id, tool_call_id, timestamp]);
}

async function stateIn(path: string): Promise<Files> {
  const text = await readFile(path, 'utf8').catch(() => '');
  // Without it files go on with what finishes from now on.
  return stateSchema.safeParse(parseJson(text)).data?.files ?? {};
}

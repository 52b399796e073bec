import { readFileSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { idSchema, type JobLogLine, jobLogLineSchema } from '../../shared/model/index.js';
import { untilAborted } from '../ground/job-kind.js';
import { parseJson } from '../ground/json.js';
import { replaceFile, replaceFileSync } from '../ground/replace-file.js';

/** Bytes of one job's log. */
const largest = 10_000_000;
/** Lines that are changed at once: a few milliseconds of work. */
const linesAtOnce = 500;
/** UTF-16 units of one line. */
const longestLine = 2000;
/** Room for the line that says that the log ends here. */
const lastLine = 200;
const cutText = 'The log has reached 10 MB and ends here; the job goes on.';
const takenOut = '[What stood here was about a trace that was deleted.]';
const chunk = 64 * 1024;

/** Gives each of some texts anew, in their order. */
export type ChangeTexts = (texts: string[]) => Promise<string[]>;

/** Gives some lines of a log anew, in their order, or fewer of them. */
type ChangeLines = (lines: string[]) => Promise<string[]>;

interface OpenLog {
  seq: number;
  /** With what waits to be written. */
  bytes: number;
  cut: boolean;
  waiting: string[];
  /** Settles when everything that waited is in the file. */
  writing: Promise<void> | null;
  /** How often its lines were changed: places in the file from before mean nothing. */
  rewritten: number;
  /** Its job is over: no line will come. */
  over: boolean;
  /** Woken by every write, and by the end. */
  changed: PromiseWithResolvers<void>;
}

/**
 * The logs of jobs: a file each, a line of JSON for each line, numbered upwards from 1. A line is in the file, and so with all
 * who follow, as soon as the disk takes it; a log is kept over restarts and cut at 10 MB. `onError` hears a disk that takes none.
 */
export function openJobLogs(folder: string, onError: (error: unknown) => void) {
  const logs = new Map<string, OpenLog>();
  const pathOf = (jobId: string) => join(folder, `${jobId}.jsonl`);

  /** How far an earlier run came; the rest of a line that a crash tore is taken off. */
  function stood(jobId: string): Pick<OpenLog, 'seq' | 'bytes' | 'cut'> {
    let bytes: Buffer;
    try {
      bytes = readFileSync(pathOf(jobId));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') onError(error);
      return { seq: 0, bytes: 0, cut: false };
    }
    const whole = bytes.lastIndexOf(0x0a) + 1;
    if (whole < bytes.length) replaceFileSync(pathOf(jobId), bytes.subarray(0, whole));
    const last = lineOf(bytes.toString('utf8', 0, whole).trimEnd().split('\n').at(-1) ?? '');
    return { seq: last?.seq ?? 0, bytes: whole, cut: last?.text === cutText };
  }

  /** Does something with the file while nobody writes it; lines that come meanwhile wait. */
  function alone(log: OpenLog, jobId: string, work: () => Promise<void>): Promise<void> {
    const before = (log.writing ?? Promise.resolve()).catch(() => undefined);
    const working = before.then(work).finally(() => {
      if (log.writing === working) log.writing = null;
      if (log.writing === null && log.waiting.length > 0) write(jobId, log);
      wake(log);
    });
    log.writing = working;
    return working;
  }

  function write(jobId: string, log: OpenLog): void {
    if (log.writing !== null) return;
    void alone(log, jobId, async () => {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const file = await open(pathOf(jobId), 'a', 0o600);
        try {
          while (log.waiting.length > 0) {
            await file.appendFile(log.waiting.splice(0).join(''));
            wake(log);
          }
        } finally {
          await file.close();
        }
      } catch (error) {
        log.waiting = [];
        onError(error);
      }
    });
  }

  function wake(log: OpenLog): void {
    log.changed.resolve();
    log.changed = Promise.withResolvers();
  }

  async function settled(log: OpenLog): Promise<void> {
    while (log.writing !== null) await log.writing.catch(() => undefined);
  }

  /** Lines of a file from a place on, up to its end now; and the place behind the last whole one. */
  async function* linesFrom(jobId: string, at: { offset: number }): AsyncGenerator<JobLogLine> {
    const file = await open(pathOf(jobId), 'r').catch(() => null);
    if (file === null) return;
    try {
      const buffer = Buffer.alloc(chunk);
      let rest = Buffer.alloc(0);
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, chunk, at.offset + rest.length);
        if (bytesRead === 0) return;
        rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
        for (let end = rest.indexOf(0x0a); end !== -1; end = rest.indexOf(0x0a)) {
          const line = lineOf(rest.toString('utf8', 0, end));
          rest = rest.subarray(end + 1);
          at.offset += end + 1;
          if (line !== null) yield line;
        }
      }
    } finally {
      await file.close();
    }
  }

  return {
    /** Before the first line of a job's run; goes on behind what an earlier run wrote. */
    open(jobId: string): void {
      if (logs.has(jobId)) return;
      logs.set(jobId, {
        ...stood(jobId),
        waiting: [],
        writing: null,
        rewritten: 0,
        over: false,
        changed: Promise.withResolvers(),
      });
    },

    /** A line that has passed the gate. Too late or too much, it is dropped. */
    append(jobId: string, level: JobLogLine['level'], text: string, runId?: string): void {
      const log = logs.get(jobId);
      if (log === undefined || log.over || log.cut) return;
      const add = (line: Omit<JobLogLine, 'seq' | 'at'>) => {
        log.seq += 1;
        const written = `${JSON.stringify({ seq: log.seq, at: new Date().toISOString(), ...line })}\n`;
        log.bytes += Buffer.byteLength(written);
        log.waiting.push(written);
      };
      const shown = text.length <= longestLine ? text : `${text.slice(0, longestLine)}…`;
      if (log.bytes + Buffer.byteLength(shown) * 2 + lastLine * 2 > largest) {
        log.cut = true;
        add({ level: 'warn', text: cutText });
      } else add({ level, text: shown, ...(runId !== undefined && { run_id: runId }) });
      write(jobId, log);
    },

    /** Resolves when all its lines are in the file. Who follows it comes to the end. */
    async end(jobId: string): Promise<void> {
      const log = logs.get(jobId);
      if (log === undefined) return;
      log.over = true;
      await settled(log);
      logs.delete(jobId);
      wake(log);
    },

    /**
     * The lines behind number `after`. With `follow` also those that come, until the job is over or `signal` aborts. Read from
     * the file at the pace of who asks: nobody who reads slowly costs memory.
     */
    async *read(jobId: string, after: number, follow: boolean, signal: AbortSignal): AsyncGenerator<JobLogLine> {
      let at = { offset: 0 };
      let last = after;
      let rewritten = 0;
      for (;;) {
        const log = logs.get(jobId);
        if (log !== undefined && log.rewritten !== rewritten) {
          rewritten = log.rewritten;
          at = { offset: 0 };
        }
        const changed = log?.changed.promise;
        const waits = follow && log !== undefined && !log.over;
        if (!waits && log !== undefined) await settled(log);
        for await (const line of linesFrom(jobId, at)) {
          if (signal.aborted) return;
          if (line.seq <= last) continue;
          last = line.seq;
          yield line;
        }
        if (!waits || signal.aborted) return;
        await untilAborted(changed as Promise<void>, signal).catch(() => undefined);
      }
    },

    /** Changes the text of every line that is kept: of logs under way too. */
    async rewrite(change: ChangeTexts): Promise<void> {
      for (const jobId of await kept()) await changed(jobId, (lines) => withTexts(lines, change));
    },

    /** Takes out the lines about these runs of tests, whether they are in the file or wait to be. */
    async drop(jobId: string, runIds: ReadonlySet<string>): Promise<void> {
      await changed(jobId, async (lines) => withoutRuns(lines, runIds));
    },

    /** Deletes the logs of jobs that are no more. */
    async sweep(isThere: (jobId: string) => boolean): Promise<void> {
      for (const jobId of await kept()) if (!isThere(jobId)) await rm(pathOf(jobId), { force: true });
    },
  };

  /** Changes lines of a log, in its file and on their way there. */
  async function changed(jobId: string, change: ChangeLines): Promise<void> {
    const log = logs.get(jobId);
    if (log === undefined) {
      await rewriteFile(pathOf(jobId), change);
      return;
    }
    await alone(log, jobId, async () => {
      log.bytes += await rewriteFile(pathOf(jobId), change);
      // Behind it: who reads meanwhile is at a place in the file of before.
      log.rewritten += 1;
      // Nobody writes meanwhile, so they stay the first; where the change fails they stay as they are.
      const waiting = [...log.waiting];
      if (waiting.length === 0) return;
      const after = (await change(waiting.map((line) => line.trimEnd()))).map((line) => `${line}\n`);
      log.waiting.splice(0, waiting.length, ...after);
      log.bytes += bytesOf(after) - bytesOf(waiting);
    });
  }

  async function kept(): Promise<string[]> {
    const names = await readdir(folder).catch(() => [] as string[]);
    return names.flatMap((name) => {
      const jobId = name.endsWith('.jsonl') ? name.slice(0, -'.jsonl'.length) : '';
      return idSchema.safeParse(jobId).success ? [jobId] : [];
    });
  }
}

export type JobLogs = ReturnType<typeof openJobLogs>;

/** The lines with their texts changed; what is no line of ours stays as it is. */
async function withTexts(written: readonly string[], change: ChangeTexts): Promise<string[]> {
  const lines = written.map(lineOf);
  const texts = await change(lines.flatMap((line) => (line === null ? [] : [line.text])));
  return written.map((text, index) => {
    const line = lines[index] ?? null;
    return line === null ? text : JSON.stringify({ ...line, text: texts.shift() });
  });
}

/** In the place of lines that follow each other stands one, under the last one's number: those who follow a log count on it. */
function withoutRuns(written: readonly string[], runIds: ReadonlySet<string>): string[] {
  const lines = written.map(lineOf);
  const isGone = (at: number) => runIds.has(lines[at]?.run_id ?? '');
  return written.flatMap((text, at) => {
    if (!isGone(at)) return [text];
    const { run_id: _, ...line } = lines[at] as JobLogLine;
    return isGone(at + 1) ? [] : [JSON.stringify({ ...line, text: takenOut })];
  });
}

const bytesOf = (lines: readonly string[]) => lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0);

/** Answers by how many bytes it became longer. */
async function rewriteFile(path: string, change: ChangeLines): Promise<number> {
  const before = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const written = before.split('\n');
  const changed: string[] = [];
  for (let start = 0; start < written.length; start += linesAtOnce) {
    changed.push(...(await change(written.slice(start, start + linesAtOnce))));
    await breathe();
  }
  const after = changed.join('\n');
  if (after === before) return 0;
  await replaceFile(path, after);
  return Buffer.byteLength(after) - Buffer.byteLength(before);
}

function lineOf(text: string): JobLogLine | null {
  // A line that somebody edited is none of ours.
  return jobLogLineSchema.safeParse(parseJson(text)).data ?? null;
}

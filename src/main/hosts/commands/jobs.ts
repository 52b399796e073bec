import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import { type Job, type JobLogLine, jobLogLineSchema, type Page } from '../../../shared/model/index.js';
import { parseJson } from '../../ground/json.js';
import { engineAt, engineOf, type RunningEngine } from '../engine-client.js';
import { printable } from '../printable.js';
import { folderOf } from '../which-folder.js';
import { folderFlag } from './engine-flags.js';

interface Flags {
  dataDir?: string;
  json?: boolean;
}

/** How long a follower waits before it comes back, and for an engine that is being started again. */
const retryMs = 500;
const patienceMs = 30_000;

const isOver = ({ state }: Pick<Job, 'state'>) => state !== 'queued' && state !== 'running';

/** What takes its time: exports, imports, validation, re-scans. Needs a running engine. */
export function jobsCommand(): Command {
  const jobs = new Command('jobs').description('what takes its time: list it, follow it, end it');
  jobs.addCommand(
    folderFlag(new Command('list').description('jobs, newest first'))
      .option('--limit <number>', 'how many, up to 200', '50')
      .action(async (flags: Flags & { limit: string }) => {
        const limit = Number(flags.limit);
        if (!Number.isInteger(limit) || limit < 1 || limit > 200)
          throw new SluiceError('usage', '--limit is 1 to 200.');
        const { items } = (await (await engineOf(flags)).call('GET', `/jobs?limit=${limit}`)) as Page<Job>;
        print(flags, items, () => (items.length === 0 ? ['no jobs'] : items.map(summaryLine)));
      }),
    { isDefault: true },
  );
  jobs.addCommand(
    folderFlag(new Command('show').description('a job, and why it failed'))
      .argument('<id>')
      .action(async (id: string, flags: Flags) => {
        const job = await jobOf(await engineOf(flags), id);
        print(flags, job, () => lines(job));
      }),
  );
  jobs.addCommand(
    folderFlag(
      new Command('follow').description('the log of a job, until it is over; exit code 1 where it was not done'),
    )
      .argument('<id>')
      .action(async (id: string, flags: Flags) => {
        const folder = await folderOf(flags);
        const job = await followJob(
          id,
          () => engineAt(folder),
          ({ at, level, text }, line) => {
            const mark = level === 'info' ? '' : `${level}: `;
            process.stdout.write(flags.json ? `${line}\n` : `${at.slice(11, 23)}  ${mark}${printable(text)}\n`);
          },
        );
        if (job.state !== 'done') process.exitCode = 1;
      }),
  );
  jobs.addCommand(
    folderFlag(new Command('cancel').description('ends a job; one that is over stays as it is'))
      .argument('<id>')
      .action(async (id: string, flags: Flags) => {
        const job = (await (await engineOf(flags)).call('DELETE', `/jobs/${encodeURIComponent(id)}`)) as Job;
        print(flags, job, () => lines(job));
      }),
  );
  return jobs;
}

async function jobOf(engine: RunningEngine, id: string): Promise<Job> {
  return (await engine.call('GET', `/jobs/${encodeURIComponent(id)}`)) as Job;
}

/** Tells every line of a job's log once, also where the engine is started again meanwhile; resolves with the job. */
export async function followJob(
  id: string,
  engineNow: () => RunningEngine,
  tell: (line: JobLogLine, text: string) => void,
): Promise<Job> {
  let last = 0;
  let failingSince: number | null = null;
  // What is wrong from the start (no such job, no engine) is said at once.
  await jobOf(engineNow(), id);
  for (;;) {
    try {
      const engine = engineNow();
      const response = await fetch(`${engine.holder.api}/jobs/${encodeURIComponent(id)}/log?after=${last}`, {
        headers: { authorization: `Bearer ${engine.token}`, accept: 'text/event-stream' },
      });
      failingSince = null;
      for await (const data of dataOf(response.body)) {
        const line = jobLogLineSchema.safeParse(parseJson(data));
        if (!line.success) continue;
        last = line.data.seq;
        tell(line.data, data);
      }
      const job = await jobOf(engine, id);
      if (isOver(job)) return job;
    } catch (error) {
      if (error instanceof SluiceError && isRefusal(error)) throw error;
      failingSince ??= performance.now();
      if (performance.now() - failingSince > patienceMs) throw error;
    }
    await new Promise((wake) => setTimeout(wake, retryMs));
  }
}

/** What an engine that comes back would say again. */
const isRefusal = ({ code }: SluiceError) => code === 'unauthorized' || code === 'forbidden' || code === 'not_found';

/** The data of a stream of events, each one line of text. */
async function* dataOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body ?? []) {
    const parts = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) if (part.startsWith('data: ')) yield part.slice('data: '.length);
  }
}

function print(flags: Flags, value: unknown, text: () => string[]): void {
  process.stdout.write(flags.json ? `${JSON.stringify(value)}\n` : `${text().join('\n')}\n`);
}

function summaryLine(job: Job): string {
  return `${job.job_id}  ${job.state.padEnd(11)} ${shareOf(job).padStart(5)}  ${job.kind.padEnd(14)} ${job.title}`;
}

function shareOf({ state, progress }: Job): string {
  return state === 'running' && progress !== null ? `${Math.floor(progress * 100)} %` : '';
}

function lines(job: Job): string[] {
  const { work, message, error } = job;
  return [
    summaryLine(job),
    ...(work === null ? [] : [`  ${work.done} of ${work.total ?? '?'} ${work.unit}`]),
    ...(message === '' ? [] : [`  ${message}`]),
    ...(error === null ? [] : [`  ${error.message} [${error.code}]`]),
  ];
}

import { Readable } from 'node:stream';
import * as z from 'zod';
import { found } from '../../../shared/errors.js';
import { type Job, type JobLogLine, jobLogLineSchema } from '../../../shared/model/index.js';
import { idOf, idParams, type RestApp } from './rest-app.js';

/** So long a stream stays silent before a comment shows that it still stands, in milliseconds. */
const quietMs = 15_000;

const overStates: readonly Job['state'][] = ['done', 'failed', 'cancelled', 'paused', 'interrupted'];

/** What jobs leave behind. */
export interface JobOutput {
  get(jobId: string): Job | null;
  /** A finished job's file for download: absolute path, or null. */
  file(jobId: string, name: string): string | null;
  /** Lines of a job's log behind number `after`; with `follow` also those to come, until it is over. Null: no such job. */
  log(jobId: string, after: number, follow: boolean, signal: AbortSignal): AsyncGenerator<JobLogLine> | null;
}

/** What a job said while it ran: to be read, or followed as it is written. */
export function jobLogRoutes({ app, services }: { app: RestApp; services: { jobOutput: JobOutput } }): void {
  const { jobOutput: jobs } = services;
  app.get(
    '/jobs/:id/log',
    {
      config: { access: 'read' },
      schema: {
        summary: 'The log of a job',
        description:
          'Lines of JSON `{seq, at, level, text}`. With `Accept: text/event-stream` they come as server-sent events while they are ' +
          'written, their `seq` as the id: a client that comes back sends it as `Last-Event-ID` (or `after`) and gets what it ' +
          'missed. When the job is over an event `end` with `{state}` follows. A log ends at 10 MB and says so.',
        tags: ['jobs'],
        params: idParams,
        querystring: z.object({
          after: z.coerce.number().int().min(0).optional().describe('Only lines behind this number'),
        }),
        response: {
          200: {
            content: {
              'application/jsonl': { schema: jobLogLineSchema },
              'text/event-stream': { schema: z.string() },
            },
          },
          204: z.null().describe('The job is over and there is nothing behind `Last-Event-ID`'),
        },
      },
    },
    async (request, reply) => {
      const job = found(jobs.get(idOf(request.params.id, 'job')), 'job');
      const lastEvent = Number(request.headers['last-event-id']);
      const comesBack = Number.isSafeInteger(lastEvent) && lastEvent > 0;
      const after = request.query.after ?? (comesBack ? lastEvent : 0);
      const follow = /\btext\/event-stream\b/.test(request.headers.accept ?? '');
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const lines = found(jobs.log(job.job_id, after, follow, gone.signal), 'job');
      reply.header('cache-control', 'no-store');
      if (!follow) {
        reply.type('application/jsonl; charset=utf-8');
        return reply.send(Readable.from(textOf(lines)) as never);
      }
      let first = lines.next();
      if (comesBack && overStates.includes(job.state)) {
        const { done, value } = await first;
        // The browser's own EventSource comes back until it is told that there is nothing more.
        if (done) return reply.code(204).send(null);
        first = Promise.resolve({ done: false, value });
      }
      reply.type('text/event-stream; charset=utf-8').header('x-accel-buffering', 'no');
      const stateNow = () => jobs.get(job.job_id)?.state ?? null;
      return reply.send(Readable.from(eventsOf(first, lines, stateNow)) as never);
    },
  );
}

async function* textOf(lines: AsyncIterable<JobLogLine>): AsyncGenerator<string> {
  for await (const line of lines) yield `${JSON.stringify(line)}\n`;
}

async function* eventsOf(
  first: Promise<IteratorResult<JobLogLine>>,
  lines: AsyncGenerator<JobLogLine>,
  stateNow: () => Job['state'] | null,
): AsyncGenerator<string> {
  // Said before anything else, so that the client has its headers.
  yield 'retry: 1000\n\n';
  for (let next = first; ; ) {
    const item = await orQuiet(next);
    if (item === null) yield ': still here\n\n';
    else if (item.done) break;
    else {
      yield `id: ${item.value.seq}\ndata: ${JSON.stringify(item.value)}\n\n`;
      next = lines.next();
    }
  }
  const state = stateNow();
  // Where the engine stops the job is not over: the client comes back.
  if (state !== null && overStates.includes(state)) yield `event: end\ndata: ${JSON.stringify({ state })}\n\n`;
}

/** What is awaited, or null when it takes long. */
async function orQuiet<T>(awaited: Promise<T>): Promise<T | null> {
  const quiet = Promise.withResolvers<null>();
  const timer = setTimeout(quiet.resolve, quietMs, null);
  try {
    return await Promise.race([awaited, quiet.promise]);
  } finally {
    clearTimeout(timer);
  }
}

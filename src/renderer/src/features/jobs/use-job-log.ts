import { useEffect, useState } from 'react';
import { type JobLogLine, jobLogLineSchema } from '../../../../shared/model/index.js';
import { getToken } from '../../rpc/session.js';

/** So many lines are kept in sight; the whole log is at `sluice jobs follow`. */
const shown = 2000;
const retryMs = 1000;

/** The lines of a job's log as they are written, from the first one on. */
export function useJobLog(jobId: string): { lines: JobLogLine[]; error: unknown } {
  const [lines, setLines] = useState<JobLogLine[]>([]);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    const stop = new AbortController();
    setLines([]);
    void follow(
      jobId,
      stop.signal,
      (more) => {
        setError(null);
        setLines((before) => [...before, ...more].slice(-shown));
      },
      setError,
    );
    return () => stop.abort();
  }, [jobId]);
  return { lines, error };
}

/** Not an EventSource: the token goes in a header, never in an address. Comes back where the stream breaks off. */
async function follow(
  jobId: string,
  signal: AbortSignal,
  hear: (lines: JobLogLine[]) => void,
  fail: (error: unknown) => void,
): Promise<void> {
  let last = 0;
  while (!signal.aborted) {
    try {
      const response = await fetch(`/jobs/${jobId}/log?after=${last}`, {
        headers: { authorization: `Bearer ${getToken() ?? ''}`, accept: 'text/event-stream' },
        signal,
      });
      if (!response.ok || response.body === null) {
        if (!signal.aborted) fail(new Error(`The engine answered ${response.status}.`));
        // Asked again it would say the same: the token is revoked, or the job is gone.
        if (response.status < 500) return;
        await pause();
        continue;
      }
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = '';
      for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
        const events = `${rest}${chunk.value}`.split('\n\n');
        rest = events.pop() ?? '';
        const lines = events.flatMap(lineOf);
        last = lines.at(-1)?.seq ?? last;
        if (lines.length > 0) hear(lines);
        if (events.some((event) => event.startsWith('event: end'))) return;
      }
    } catch (error) {
      if (!signal.aborted) fail(error);
    }
    await pause();
  }
}

const pause = () => new Promise((wake) => setTimeout(wake, retryMs));

function lineOf(event: string): JobLogLine[] {
  const data = event.split('\n').find((field) => field.startsWith('data: '));
  const line = event.startsWith('id: ') && data ? jobLogLineSchema.safeParse(JSON.parse(data.slice(6))) : null;
  return line?.success ? [line.data] : [];
}

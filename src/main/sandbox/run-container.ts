import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { ExecResult } from '../ground/sandbox.js';
import type { Connection } from './connect.js';
import { engineError, statusOf, wordsOf } from './engine-errors.js';
import { keepEnds, readFrames } from './output.js';

/** Milliseconds that an engine gets to say how a container ended that it was told to end, and to hand over its last output. */
const patience = 15_000;

export interface Run {
  seconds: number;
  signal: AbortSignal;
  output_bytes: number;
  /** Of whose engine the container is. Podman says nothing of a program that the kernel killed for its memory, unless it was the first one. */
  engine: Pick<Connection, 'docker' | 'podman'>;
  onOutput?(bytes: Uint8Array, stream: 'stdout' | 'stderr'): void;
}

/**
 * Starts a container that was created and stays with it to its end: its one command, all that this started, and their output.
 * The container is left behind, stopped. @throws SluiceError `sandbox_engine_failed` where it does not start
 */
export async function runContainer(container: Docker.Container, run: Run): Promise<ExecResult> {
  const kept = keepEnds(run.output_bytes);
  const frames = readFrames((bytes, stream) => {
    kept.add(bytes);
    run.onOutput?.(bytes, stream);
  });
  const began = performance.now();
  let ended: ExecResult['ended_by'] = 'itself';
  const result = (by: ExecResult['ended_by'], exit: number | null): ExecResult => ({
    exit_code: by === 'itself' ? exit : null,
    ended_by: by,
    output: kept.ends(),
    seconds: (performance.now() - began) / 1000,
  });
  if (run.signal.aborted) return result('cancel', null);

  const { stream, drained } = await started(container, frames);
  const killed = Promise.withResolvers<'late'>();
  const end = (why: 'timeout' | 'cancel') => {
    if (ended !== 'itself') return;
    ended = why;
    void kill(container);
    setTimeout(() => killed.resolve('late'), patience).unref();
  };
  const timer = setTimeout(() => end('timeout'), run.seconds * 1000);
  const cancel = () => end('cancel');
  run.signal.addEventListener('abort', cancel, { once: true });
  if (run.signal.aborted) cancel();
  try {
    const waited = await Promise.race([waitFor(container), killed.promise]);
    await Promise.race([drained, sleep(patience, undefined, { ref: false })]);
    if (ended !== 'itself') return result(ended, null);
    if (waited === 'late' || waited === null) return result('engine', null);
    const { State } = await container.inspect();
    // Of Podman: nobody but the kernel kills in there, or the command itself, which has to do without that signal then.
    const outOfMemory =
      State.OOMKilled ||
      (State.ExitCode === 137 &&
        (run.engine.podman || (await toldOutOfMemory(run.engine.docker, container.id, State.FinishedAt))));
    return result(outOfMemory && State.ExitCode !== 0 ? 'memory' : 'itself', State.ExitCode);
  } catch {
    return result(ended === 'itself' ? 'engine' : ended, null);
  } finally {
    clearTimeout(timer);
    run.signal.removeEventListener('abort', cancel);
    destroy(stream);
  }
}

/** The container at work, its output flowing to `frames`; `drained` when no more of it comes. */
async function started(container: Docker.Container, frames: (chunk: Uint8Array) => void) {
  let stream: NodeJS.ReadWriteStream | undefined;
  try {
    stream = await container.attach({ stream: true, stdout: true, stderr: true });
    stream.on('data', frames);
    const flow = stream;
    // `end` may not come, and an error of the stream says no more than the end of the container does.
    const drained = new Promise<void>((resolve) =>
      flow.once('close', resolve).once('end', resolve).once('error', resolve),
    );
    await container.start();
    return { stream, drained };
  } catch (error) {
    if (stream) destroy(stream);
    throw engineError(error, 'The engine does not start the command');
  }
}

/** How it ended; null where the engine went away meanwhile. */
async function waitFor(container: Docker.Container): Promise<{ StatusCode: number } | null> {
  try {
    return (await container.wait()) as { StatusCode: number };
  } catch {
    return null;
  }
}

/**
 * Whether the engine tells that the kernel killed something of a container for its memory: under load it hears so after the end, and
 * the state says nothing of it then. Its own clock counts.
 */
async function toldOutOfMemory(engine: Docker, id: string, finishedAt: string): Promise<boolean> {
  const finished = Date.parse(finishedAt);
  const began = performance.now();
  for (const pause of [0, 300, 1000]) {
    await sleep(pause);
    const told = await engine.getEvents({
      since: Math.floor(finished / 1000) - 3600,
      until: Math.ceil((finished + performance.now() - began) / 1000),
      filters: { container: [id], event: ['oom'] },
    });
    let bytes = 0;
    for await (const chunk of told) bytes += (chunk as Uint8Array).length;
    if (bytes > 0) return true;
  }
  return false;
}

async function kill(container: Docker.Container): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    try {
      await container.kill();
      return;
    } catch (error) {
      // It ended by itself meanwhile.
      if (statusOf(error) === 404 || (statusOf(error) === 409 && /not running/i.test(wordsOf(error)))) return;
      await sleep(200 * 2 ** attempt);
    }
  }
}

function destroy(stream: NodeJS.ReadWriteStream): void {
  (stream as NodeJS.ReadWriteStream & { destroy?(): void }).destroy?.();
}

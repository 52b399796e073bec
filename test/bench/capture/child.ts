import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A process of the benchmark: it is given jobs one by one and answers each with one message. */
export interface Child<Job, Answer> {
  pid: number;
  ask(job: Job): Promise<Answer>;
  stop(): Promise<void>;
}

/** Starts out/bench/capture/<name>.js. Rejects a job's answer where the process fails instead. */
export function startChild<Job, Answer>(name: string, env: Record<string, string> = {}): Child<Job, Answer> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'capture', `${name}.js`), {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  return {
    pid: child.pid as number,
    ask(job) {
      return new Promise((resolve, reject) => {
        const onMessage = (message: { answer: Answer } | { failure: string }) => {
          child.off('exit', onExit);
          if ('failure' in message) reject(new Error(`${name}: ${message.failure}`));
          else resolve(message.answer);
        };
        const onExit = (code: number | null) => {
          child.off('message', onMessage);
          reject(new Error(`${name} ended with ${code}`));
        };
        child.once('message', onMessage);
        child.once('exit', onExit);
        child.send(job as object);
      });
    },
    async stop() {
      child.kill('SIGKILL');
      await ended;
      process.off('exit', kill);
    },
  };
}

/** The other end: answers jobs until the parent goes away. */
export function serveJobs<Job, Answer>(work: (job: Job) => Promise<Answer>): void {
  process.on('message', (job: Job) => {
    work(job).then(
      (answer) => process.send?.({ answer }),
      (error: Error) => process.send?.({ failure: error.stack ?? error.message }),
    );
  });
  process.on('disconnect', () => process.exit(0));
}

import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { SluiceError } from '../../../../shared/errors.js';
import { unreadable } from './file-tree.js';
import { type GitPlace, gitFailed, startGit } from './git.js';

export interface GitObject {
  name: string;
  type: string;
  bytes: Buffer;
}

/** Milliseconds after which a reader that is asked nothing ends, and one that does not answer is ended. */
const idleAfter = 500;
const silentAfter = 120_000;

interface Question {
  asked: string;
  maxBytes: number;
  answer(object: GitObject | null): void;
  fail(error: Error): void;
}

/** Objects of a repository by one `git cat-file`, which ends by itself when it is asked no more. */
export class GitObjects {
  readonly #place: GitPlace;
  #child: ChildProcessWithoutNullStreams | null = null;
  #waiting: Question[] = [];
  #held: Buffer[] = [];
  #size = 0;
  /** Bytes that must be there before it is worth looking again. */
  #needed = 1;
  #words = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(place: GitPlace) {
    this.#place = place;
  }

  /**
   * The object of a name (one line of git's own way to name things); null where there is none.
   * @throws `qa_repository_too_large` where it has more bytes, `qa_repository_unreadable`, `qa_git_missing`
   */
  get(asked: string, maxBytes: number): Promise<GitObject | null> {
    return new Promise((answer, fail) => {
      this.#waiting.push({ asked, maxBytes, answer, fail });
      this.#watch();
      this.#child ??= this.#start();
      this.#child.stdin.write(`${asked}\n`);
    });
  }

  #start(): ChildProcessWithoutNullStreams {
    const child = startGit(this.#place, 'cat-file', '--batch');
    this.#words = '';
    const mine = () => this.#child === child;
    child.stdout.on('data', (chunk: Buffer) => {
      if (!mine()) return;
      this.#held.push(chunk);
      this.#size += chunk.length;
      this.#answer();
      this.#watch();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (this.#words.length < 2000) this.#words += chunk.toString('latin1');
    });
    // Told by `close` too; one that ends while it is written to is not a fault of its own.
    child.stdin.on('error', () => {});
    child.on('error', (error) => mine() && this.#end(gitFailed(error, this.#words)));
    child.on('close', () => mine() && this.#end(gitFailed(new Error('it ended'), this.#words)));
    return child;
  }

  /** Answers as many questions as what came is enough for. */
  #answer(): void {
    while (this.#size >= this.#needed) {
      const held = this.#held.length === 1 ? (this.#held[0] as Buffer) : Buffer.concat(this.#held);
      this.#held = [held];
      const end = held.indexOf(10);
      if (end === -1) {
        if (held.length > 10_000) this.#end(unreadable('git answers something else.'));
        else this.#needed = held.length + 1;
        return;
      }
      const head = held.toString('latin1', 0, end);
      const [, name = '', type = '', bytes] = /^([0-9a-f]{40,64}) (\w+) (\d+)$/.exec(head) ?? [];
      const question = this.#waiting[0];
      if (question === undefined) {
        this.#end(unreadable('git answers what it was not asked.'));
        return;
      }
      const size = Number(bytes ?? 0);
      if (size > question.maxBytes) {
        this.#end(new SluiceError('qa_repository_too_large', `An object of the repository has ${size} bytes.`));
        return;
      }
      const whole = bytes === undefined ? end + 1 : end + 1 + size + 1;
      if (held.length < whole) {
        this.#needed = whole;
        return;
      }
      this.#waiting.shift();
      // A copy: what was held is not kept for as long as one file of it is.
      if (bytes === undefined) question.answer(null);
      else question.answer({ name, type, bytes: Buffer.from(held.subarray(end + 1, whole - 1)) });
      const rest = held.subarray(whole);
      this.#held = rest.length === 0 ? [] : [rest];
      this.#size = rest.length;
      this.#needed = 1;
    }
  }

  /** An object that is a pipe would hold git for ever. */
  #watch(): void {
    clearTimeout(this.#timer);
    const [after, error] =
      this.#waiting.length === 0 ? [idleAfter, null] : [silentAfter, unreadable('git does not answer.')];
    this.#timer = setTimeout(() => this.#end(error), after).unref();
  }

  #end(error: SluiceError | null): void {
    clearTimeout(this.#timer);
    const child = this.#child;
    const waiting = this.#waiting;
    this.#child = null;
    this.#waiting = [];
    this.#held = [];
    this.#size = 0;
    this.#needed = 1;
    if (error === null) child?.stdin.end();
    else child?.kill('SIGKILL');
    for (const { fail } of waiting) fail(error ?? unreadable('git ended.'));
  }
}

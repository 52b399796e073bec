import type { Capabilities } from '../../shared/model/index.js';
import { type Address, askOnce, NoAnswer } from './ask.js';
import type { Body } from './body.js';
import { adjusted, type Failure, failureOf } from './failures.js';
import type { Lane } from './lanes.js';
import type { Answer } from './reply.js';

/** Attempts at one answer: those that failed, and those that were told to wait. */
const mostFailures = 5;
const mostLimited = 12;
const mostAdjustments = 5;
const firstWaitMs = 500;
const longestOwnWaitMs = 20_000;

export interface Waiting {
  /** Waits so many milliseconds; rejects when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<unknown>;
  /** 0 to 1. */
  random(): number;
  /** Milliseconds since the epoch. */
  now(): number;
}

interface Asking {
  address: Address;
  lane: Lane;
  capabilities: Capabilities;
  body(capabilities: Capabilities): Body;
  timeout_ms: number;
  signal: AbortSignal;
  waiting: Waiting;
  clean(text: string): string;
  /** Before each attempt: rejects where it may not be sent. */
  before(): Promise<void>;
  /** After each: what came, or whether the server may have worked for nothing. */
  after(ended: { answer: Answer } | { maybeCharged: boolean }): void;
  onSent(body: string): void;
}

export interface Asked {
  answer: Answer;
  capabilities: Capabilities;
}

/** Asks until there is an answer, or no hope of one. */
export async function ask(asking: Asking): Promise<Asked> {
  const { lane, signal, waiting, timeout_ms } = asking;
  let { capabilities } = asking;
  let [failed, limited, changes] = [0, 0, 0];
  for (;;) {
    await lane.enter(signal);
    try {
      await asking.before();
    } catch (error) {
      lane.leave('unsent');
      throw error;
    }
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeout_ms);
    let failure: Failure;
    try {
      const answer = await askOnce(
        asking.address,
        asking.body(capabilities),
        AbortSignal.any([signal, timeout.signal]),
        asking.onSent,
      );
      asking.after({ answer });
      lane.leave('ok');
      return { answer, capabilities };
    } catch (error) {
      if (signal.aborted) {
        asking.after({ maybeCharged: true });
        lane.leave('unsent');
        throw signal.reason;
      }
      failure =
        error instanceof NoAnswer
          ? { kind: 'again', error: error.toError(), limited: false, waitMs: null, maybeCharged: true }
          : failureOf(error, timeout.signal.aborted, waiting.now(), asking.clean);
      asking.after({ maybeCharged: failure.maybeCharged });
      lane.leave(failure.kind === 'final' ? 'ok' : failure.limited ? 'limited' : 'failing');
      const other = failure.kind === 'final' && changes < mostAdjustments ? adjusted(error, capabilities) : null;
      if (other !== null) {
        changes += 1;
        capabilities = other;
        continue;
      }
    } finally {
      clearTimeout(timer);
    }
    if (failure.kind === 'final') throw failure.error;
    if (failure.limited) limited += 1;
    else failed += 1;
    if (failed >= mostFailures || limited >= mostLimited) throw failure.error;
    const own = Math.min(longestOwnWaitMs, firstWaitMs * 2 ** (failed + limited - 1)) * (0.5 + waiting.random() / 2);
    // Whoever is told to wait waits for all: others of this host would be told the same.
    if (failure.limited) lane.pause(failure.waitMs ?? own);
    await waiting.sleep(failure.waitMs ?? own, signal);
  }
}

import type { Micros } from '../../../shared/model/index.js';
import { type JsonObject, textOf } from './fields.js';

/** A copy is written in one go; a model's answer takes its time. */
const copyPause: Micros = 20_000;
const day: Micros = 86_400_000_000;

/**
 * Tells the history of another thread that a rollout begins with from the thread's own turns. Turn ids that hold their
 * time say it; elsewhere the lines of a copy have the times of the original or all the time of the copying.
 */
export class CopiedHistory {
  readonly #began: Micros;
  readonly #session: Micros | null;
  #turn: Micros | null = null;

  /** @param at when the thread's own head was written */
  constructor(session: string, at: Micros) {
    this.#began = at;
    const made = idTime(session);
    // Ids of other make may look as if they held a time.
    this.#session = made !== null && Math.abs(made - at) < day ? made : null;
  }

  /** Any line may name the turn it belongs to. */
  turn(payload: JsonObject): void {
    const turn = textOf(payload['turn_id']);
    if (turn !== undefined) this.#turn = idTime(turn);
  }

  /** Whether an answer is the thread's own. `before`: time of the line before it. */
  isOwn(at: Micros, before: Micros): boolean {
    if (this.#session !== null && this.#turn !== null) return this.#turn >= this.#session;
    return at >= this.#began && at - before > copyPause;
  }
}

/** When an id of UUID version 7 was made. */
function idTime(id: string): Micros | null {
  const time = /^([0-9a-f]{8})-([0-9a-f]{4})-7/i.exec(id);
  return time === null ? null : Number.parseInt(`${time[1]}${time[2]}`, 16) * 1000;
}

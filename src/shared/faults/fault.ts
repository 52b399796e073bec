import type { Json } from '../model/index.js';

/** Choices that are the same for the same words; whoever plants faults brings them. */
export interface Dice {
  /** 0 <= n < below */
  number(below: number): number;
  pick<T>(from: readonly T[]): T;
}

export interface FaultyAttempt {
  /** What the agent asks for, and goes wrong. */
  arguments: Json;
  /** What the tool answers. */
  result: string;
}

/** A way in which a tool call goes wrong so that the call that was captured is the right thing to do next. */
export interface Fault {
  readonly id: string;
  readonly title: string;
  /** Null where it cannot happen to such a call. */
  attempt(tool: string, args: Json, dice: Dice): FaultyAttempt | null;
}

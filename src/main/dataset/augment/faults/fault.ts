import type { Json } from '../../../../shared/model/index.js';
import type { Listed } from '../../../ground/list.js';
import type { Dice } from '../dice.js';

export interface FaultyAttempt {
  /** What the agent asks for, and goes wrong. */
  arguments: Json;
  /** What the tool answers. */
  result: string;
}

/** A way in which a tool call goes wrong so that the call that was captured is the right thing to do next. */
export interface Fault extends Listed {
  /** Null where it cannot happen to such a call. */
  attempt(tool: string, args: Json, dice: Dice): FaultyAttempt | null;
}

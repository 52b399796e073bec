import type { Call, ChatMessage, Trace } from '../../../shared/model/index.js';

/**
 * What is learned from: a conversation, of which the messages from `expected` on are what a model should have said. Packages make
 * examples of traces, layouts write them as rows.
 */
export interface Example {
  trace: Trace;
  /** The call that gave the last message: what it offered, how it was asked. */
  call: Call;
  /** Context and expected output, in the order in which they were said. */
  messages: readonly ChatMessage[];
  /** Where the expected output begins in `messages`; it ends with them. */
  expected: number;
  /** An output that is worse than the expected one after the same context. */
  rejected?: readonly ChatMessage[];
}

/** What can be made of a trace: an example, or why a part of it gives none. */
export type ExampleItem = { example: Example } | { skipped: string };

import type {
  AugmenterId,
  Call,
  ChatMessage,
  Decision,
  Json,
  PackageId,
  TokenLogprob,
  Trace,
} from '../../../shared/model/index.js';

/**
 * What is learned from: a conversation, of which the messages from `expected` on are what a model should have said. Packages make
 * examples of traces, layouts write them as rows.
 */
export interface Example {
  trace: Trace;
  /** The call that gave the last message: what it offered, how it was asked. Of a decision that no call made, what stands in its place. */
  call: Call;
  /** What was decided without a model call, where that is the expected output. */
  decision?: Decision;
  /** Context and expected output, in the order in which they were said. */
  messages: readonly ChatMessage[];
  /** Where the expected output begins in `messages`; it ends with them. */
  expected: number;
  /**
   * Places in `messages` of answers that are context alone, such as steps that failed. Trainers that learn every answer of a
   * conversation are told to leave these out, where their rows can say it.
   */
  context_only?: ReadonlySet<number>;
  /** The expected output ends with tool calls whose results are no part of it. */
  ends_with_calls?: boolean;
  /** An output that is worse than the expected one after the same context. */
  rejected?: readonly ChatMessage[];
  /** The trace that the other of two compared outputs is of: what holds for a trace's rows holds for this one too. */
  other?: Trace;
  /** Whether the expected output is wanted, where somebody said so of it alone (KTO). */
  label?: boolean;
  /** The steps of the expected output with what was said of each (process supervision), in their order. */
  steps?: readonly RatedStep[];
  /** The package that chose it; absent while it chooses. */
  package?: PackageId;
  /** Field of work, where the package goes by it. */
  domain?: string;
  /** What it was derived by, the first first; absent where it is as it was captured. */
  derived?: readonly Derivation[];
  /** What it counts in training: 1 as much as any other, 0 not at all. */
  weight?: number;
  /** Tokens of the last message as they were on the wire, with the likeliest in their place (distillation). */
  logprobs?: readonly TokenLogprob[];
}

/** What a derived example says of itself: rows of it carry this, and it never stands among real ones unsaid. */
export interface Derivation {
  /** Id of the augmenter. */
  by: AugmenterId;
  /** The example that it was made of. */
  from: { trace_id: string; call_id: string };
  /** What was done, in a few words. */
  how: string;
  /** What was measured, swapped, added; enough to see what is not real. */
  details: { [name: string]: Json };
}

/** A step of the expected output and what a person or a rule said of it. */
export interface RatedStep {
  /** What was said and done in it, as text. */
  text: string;
  /** -1 wrong, 0 neither, 1 right; null where nobody said it. */
  rating: -1 | 0 | 1 | null;
  /** What would have been better. */
  better?: string;
}

/** What can be made of a trace: an example, or why a part of it gives none. */
export type ExampleItem = { example: Example } | { skipped: string };

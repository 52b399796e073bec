import type { ChatMessage, Compared, Comparison, Trace } from '../../../shared/model/index.js';
import { conversations } from '../examples/conversations.js';
import type { Example, ExampleItem } from '../examples/example.js';
import { type Point, pointsOf } from '../examples/points.js';
import { answersIn, endsWithCalls } from './at-points.js';
import { betterAnswer, correctedAnswer, correctedCall } from './corrected.js';
import type { ExampleSource } from './package.js';

/** Each answer that somebody corrected, the correction expected and the original rejected. */
export function* correctedPairs(trace: Trace, source: ExampleSource): Generator<ExampleItem> {
  const labels = source.labels(trace.trace_id);
  const wanted = [
    ...(labels?.corrections ?? []).map(({ what }) => ({
      of: correctedCall(what, trace),
      better: (answer: ChatMessage) => correctedAnswer(answer, what, trace),
    })),
    ...(labels?.step_labels ?? []).flatMap(({ step_id, better }) => {
      const step = trace.steps.find((each) => each.step_id === step_id);
      if (better === null || step === undefined) return [];
      const of = step.call_id == null ? null : { call_id: step.call_id, choice: 0 };
      return [{ of, better: (answer: ChatMessage) => betterAnswer(answer, step, better) }];
    }),
  ];
  if (wanted.length === 0) return;
  const points = new Map(pointsOf(trace, source).map((point) => [point.call.call_id, point]));
  for (const { of, better } of wanted) {
    const point = of === null ? undefined : points.get(of.call_id);
    if (of === null || point === undefined) {
      yield { skipped: 'what was corrected is no complete answer of a model' };
      continue;
    }
    const dialogue = point.conversation();
    if (typeof dialogue === 'string') {
      yield { skipped: dialogue };
      continue;
    }
    const original = dialogue.answers[of.choice];
    const chosen = original === undefined ? null : better(original);
    if (original === undefined || chosen === null)
      yield { skipped: 'what was corrected does not stand in the answer any more' };
    else if (JSON.stringify(chosen.parts) === JSON.stringify(original.parts))
      yield { skipped: 'the correction changes nothing' };
    else yield { example: pair(point, dialogue.history, [chosen], [original]) };
  }
}

/**
 * Each comparison of two answers or traces that somebody preferred one of, told by the first of the two: it stands in the dataset
 * once.
 */
export function* comparedPairs(trace: Trace, source: ExampleSource): Generator<ExampleItem> {
  const comparisonsByPair = new Map<string, Comparison[]>();
  for (const comparison of source.labels(trace.trace_id)?.comparisons ?? []) {
    const name = pairName(comparison);
    comparisonsByPair.set(name, [...(comparisonsByPair.get(name) ?? []), comparison]);
  }
  for (const comparisons of comparisonsByPair.values()) {
    const [first] = comparisons as [Comparison];
    if (firstOf(first).trace_id !== trace.trace_id) continue;
    const preferred = new Set(comparisons.map(preferredName));
    if (preferred.size > 1) yield { skipped: 'reviewers disagree on which is better' };
    else if (first.preferred !== 'a' && first.preferred !== 'b')
      yield { skipped: 'neither of the compared was preferred' };
    else yield comparedPair(first, trace, source);
  }
}

const nameOf = ({ trace_id, call_id }: Compared) => `${trace_id} ${call_id ?? ''}`;

/** The same for two that are compared in either order. */
function pairName({ a, b }: Comparison): string {
  return [nameOf(a), nameOf(b)].sort().join('|');
}

/** Who tells the pair: the first by name, whichever was called a. */
function firstOf({ a, b }: Comparison): Compared {
  return nameOf(a) <= nameOf(b) ? a : b;
}

function preferredName({ a, b, preferred }: Comparison): string {
  return preferred === 'a' ? nameOf(a) : preferred === 'b' ? nameOf(b) : preferred;
}

function comparedPair({ a, b, preferred }: Comparison, trace: Trace, source: ExampleSource): ExampleItem {
  const traceOf = ({ trace_id }: Compared) => (trace_id === trace.trace_id ? trace : source.trace(trace_id));
  const [traceA, traceB] = [traceOf(a), traceOf(b)];
  const own = traceA && lineOf(a, traceA, source);
  const theirs = traceB && lineOf(b, traceB, source);
  if (!own || !theirs) return { skipped: 'what was compared is not told to its end' };
  const shared = commonBeginning(own.messages, theirs.messages);
  const [chosen, rejected] = preferred === 'a' ? [own, theirs] : [theirs, own];
  const prompt = own.messages.slice(0, shared);
  if (!prompt.some(({ role }) => role === 'user')) return { skipped: 'what was compared has no common beginning' };
  if (shared === own.messages.length || shared === theirs.messages.length)
    return { skipped: 'one of the compared is a part of the other' };
  const other = [traceA, traceB].find((each) => each.trace_id !== trace.trace_id);
  const example = pair(chosen, prompt, chosen.messages.slice(shared), rejected.messages.slice(shared));
  // The row stands with the trace that tells it, whichever of the two is preferred.
  return { example: { ...example, trace, ...(other === undefined ? {} : { other }) } };
}

type Line = Pick<Point, 'trace' | 'call'> & { messages: readonly ChatMessage[] };

/** What was said up to the answer that is compared: of a call, or the last of a trace. */
function lineOf({ call_id }: Compared, trace: Trace, source: ExampleSource): Line | null {
  if (call_id === null) {
    const last = [...conversations(trace, source)].findLast((item) => 'example' in item);
    return last !== undefined && 'example' in last ? last.example : null;
  }
  const point = pointsOf(trace, source).find(({ call }) => call.call_id === call_id);
  const dialogue = point?.conversation();
  if (point === undefined || dialogue === undefined || typeof dialogue === 'string') return null;
  return { trace, call: point.call, messages: [...dialogue.history, dialogue.answers[0] as ChatMessage] };
}

function commonBeginning(a: readonly ChatMessage[], b: readonly ChatMessage[]): number {
  let length = 0;
  while (length < a.length && length < b.length && same(a[length] as ChatMessage, b[length] as ChatMessage))
    length += 1;
  return length;
}

/** Ids that vendors give are others in each answer. */
function same(a: ChatMessage, b: ChatMessage): boolean {
  return a.role === b.role && JSON.stringify(a.parts) === JSON.stringify(b.parts);
}

function pair(
  { trace, call }: Pick<Point, 'trace' | 'call'>,
  prompt: readonly ChatMessage[],
  chosen: readonly ChatMessage[],
  rejected: readonly ChatMessage[],
): Example {
  const last = chosen.at(-1);
  return {
    trace,
    call,
    messages: [...prompt, ...chosen],
    expected: prompt.length,
    context_only: answersIn(prompt),
    rejected,
    // Somebody said of these two which is wanted, whatever is said of their traces.
    label: true,
    weight: 1,
    ends_with_calls: last !== undefined && endsWithCalls(last),
  };
}

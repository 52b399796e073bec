import type { ChatTemplate } from './chat-template.js';
import type { Conversation } from './conversation.js';
import type { Span } from './generation-tags.js';

/** Where a mask comes from: the template's own tags, or what each turn adds to the text. */
export type MaskBasis = 'tags' | 'prefix';

export interface MaskProblem {
  code: 'mask_empty' | 'mask_full' | 'tags_unpaired' | 'prefix_unstable' | 'tags_differ';
  /** An error means that a trainer would learn nothing, everything or something else. */
  level: 'error' | 'warn';
  message: string;
}

export interface Mask {
  text: string;
  /** What the loss is taken of, in UTF-16 units of the text; ascending, apart from each other. */
  spans: Span[];
  basis: MaskBasis;
  problems: MaskProblem[];
}

/**
 * Renders a conversation and marks what is learned: the turns of the assistant that are expected and not excluded. Template tags
 * decide where there are any; else the text that a turn adds behind the prompt for it. Throws `template_failed`.
 */
export function maskOf(template: ChatTemplate, conversation: Conversation): Mask {
  const { messages, tools, variables } = conversation;
  const render = (count: number, prompt: boolean) =>
    template.render({ messages: messages.slice(0, count), tools, variables, add_generation_prompt: prompt });
  const { text, spans: tagged } = render(messages.length, false);
  const problems: MaskProblem[] = [];
  if (template.tagged && tagged === null)
    problems.push({
      code: 'tags_unpaired',
      level: 'error',
      message: 'The template moves or cuts text between its generation tags.',
    });

  const turns = assistantTurns();
  const byPrefix = turns.map((turn) => addedBy(turn));
  const expected = turns.map((turn) => conversation.trained[turn] !== false && turn >= (conversation.from ?? 0));
  const unstable = turns.filter((_, index) => byPrefix[index] === null);
  let basis: MaskBasis = 'prefix';
  let spans: Span[];
  if (tagged !== null && tagged.length > 0) {
    basis = 'tags';
    // A span of the template belongs to the turn that it stands in.
    spans = tagged.filter((span) => {
      const turn = turnOf(span, tagged);
      return turn === -1 ? conversation.from === null && expected.every(Boolean) : expected[turn];
    });
    for (const [index, own] of byPrefix.entries())
      if (own !== null && expected[index] && !tagged.some((span) => overlaps(own, span)))
        problems.push({
          code: 'tags_differ',
          level: 'warn',
          message: `Message ${turns[index]} is an answer of the assistant, and the template’s tags leave it out.`,
        });
  } else spans = byPrefix.filter((span, index): span is Span => span !== null && expected[index] === true);

  if (unstable.length > 0)
    problems.push({
      code: 'prefix_unstable',
      // With tags a mask is right all the same; what was learned then is not what is generated turn by turn.
      level: basis === 'tags' ? 'warn' : 'error',
      message: `What comes later changes how the text up to message ${unstable[0]} is written.`,
    });
  spans = joined(spans);
  const learned = spans.reduce((sum, { start, end }) => sum + end - start, 0);
  if (learned === 0)
    problems.push({ code: 'mask_empty', level: 'error', message: 'Nothing of the row would be learned.' });
  else if (learned === text.length)
    problems.push({ code: 'mask_full', level: 'error', message: 'Everything would be learned, the prompt too.' });
  return { text, spans, basis, problems };

  /** Index of the turn that a span of the template stands for; -1 where that cannot be told. */
  function turnOf(span: Span, tagged: readonly Span[]): number {
    if (tagged.length === turns.length) return tagged.indexOf(span);
    return byPrefix.findIndex((own) => own !== null && overlaps(own, span));
  }

  function assistantTurns(): number[] {
    return messages.flatMap(({ role }, index) => (role === 'assistant' ? [index] : []));
  }

  /** What the message adds to the text behind the prompt for it; null where the text before it is written otherwise later on. */
  function addedBy(turn: number): Span | null {
    const before = attempt(() => render(turn, true).text) ?? attempt(() => render(turn, false).text);
    const after = turn + 1 === messages.length ? text : attempt(() => render(turn + 1, false).text);
    if (before === null || after === null || !text.startsWith(after)) return null;
    const start = text.startsWith(before) ? before.length : commonPrefix(before, after);
    // A prompt may open what the answer itself opens in another way (a block for reasoning, say): the two share a beginning.
    const shared = attempt(() => render(turn, false).text)?.length ?? 0;
    return start < shared || start >= after.length ? null : { start, end: after.length };
  }
}

/** Null where a template refuses a part of a conversation: one that ends with the user’s turn, or has no user yet. */
function attempt(render: () => string): string | null {
  try {
    return render();
  } catch {
    return null;
  }
}

function commonPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}

function overlaps(a: Span, b: Span): boolean {
  return a.start < b.end && b.start < a.end;
}

function joined(spans: readonly Span[]): Span[] {
  const out: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const last = out.at(-1);
    if (last !== undefined && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else out.push({ ...span });
  }
  return out;
}

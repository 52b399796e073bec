import type { Json, RenderedRow } from '../../../shared/model/index.js';
import { type ChatTemplate, chatTemplate } from './chat-template.js';
import { conversationOf, type RowSide } from './conversation.js';
import type { Span } from './generation-tags.js';
import { maskOf } from './mask.js';
import { chatTemplatesById } from './templates.js';
import type { TokenCounter } from './tokens.js';

/** By the id of a shipped template, or its text. Throws `template_invalid`. */
export function templateOf(idOrText: string): ChatTemplate {
  return chatTemplate(chatTemplatesById[idOrText.replaceAll('_', '-')]?.text ?? idOrText);
}

/**
 * A row as a chat template writes it, with the parts that the loss is taken of. Throws `row_unreadable`, `template_failed`.
 */
export function renderRow(
  row: Json,
  template: ChatTemplate,
  { side, counter }: { side?: RowSide; counter: TokenCounter },
): RenderedRow {
  const { text, spans, basis, problems } = maskOf(template, conversationOf(row, side));
  const segments = segmentsOf(text, spans);
  // Boundaries of turns stand at special tokens, where no token reaches over.
  const counts = segments.map((segment) => counter.count(segment.text));
  const trained = counts.filter((_, index) => segments[index]?.trained);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  return {
    segments,
    basis,
    problems,
    tokens: { tokenizer: counter.name, total: sum(counts), trained: sum(trained) },
  };
}

function segmentsOf(text: string, spans: readonly Span[]): RenderedRow['segments'] {
  const segments: RenderedRow['segments'] = [];
  const add = (start: number, end: number, trained: boolean) => {
    if (start < end) segments.push({ text: text.slice(start, end), trained });
  };
  let at = 0;
  for (const { start, end } of spans) {
    add(at, start, false);
    add(start, end, true);
    at = end;
  }
  add(at, text.length, false);
  return segments;
}

import type { Call, ChatMessage, Judgement, JudgementSent, Trace } from '../../../shared/model/index.js';
import { isObject, parseJson } from '../../ground/json.js';
import type { ExampleItem } from '../examples/example.js';
import type { Package } from './package.js';

/** What judges said of traces that people labelled: the prompt, the verdict, and whether people agreed. */
export const judgeTraining = {
  id: 'judge-training',
  title: 'Judge training',
  description:
    'Verdicts of judges on traces that people labelled: the prompt, the verdict, and whether people said the same of the trace.',
  layout: 'trl-kto',
  gives: ['label'],
  *examples(trace, source) {
    const label = trace.review?.label ?? null;
    if (label === null) {
      yield { skipped: 'nobody accepted or rejected it' };
      return;
    }
    const judged = source.verdicts(trace.trace_id);
    if (judged.length === 0) yield { skipped: 'no judge judged it' };
    for (const each of judged) yield exampleOf(trace, label, each);
  },
} satisfies Package;

interface Judged {
  judgement: Judgement;
  sent: JudgementSent['sent'];
}

function exampleOf(trace: Trace, label: 'accepted' | 'rejected', { judgement, sent }: Judged): ExampleItem {
  const { score, verdict, dimensions, feedback, evidence, first_wrong_step } = judgement;
  if (score === null || verdict === null) return { skipped: 'the judge gave no score' };
  const prompt = messagesIn(sent[0]?.body ?? '');
  if (prompt === null) return { skipped: 'what the judge was sent is not kept' };
  const steps = Object.keys(dimensions).length === 0;
  const answer = {
    ...(steps ? { first_wrong_step: first_wrong_step?.step ?? 0 } : { dimensions }),
    feedback,
    // What does not stand in the trace is nothing to learn.
    evidence: evidence
      .filter(({ found }) => found)
      .map(({ step, quote, dimension }) => ({ step, quote, dimension: dimension ?? '' })),
  };
  const messages: ChatMessage[] = [
    ...prompt,
    { role: 'assistant', parts: [{ type: 'text', text: JSON.stringify(answer) }] },
  ];
  return { example: { trace, call: callOf(judgement), messages, expected: prompt.length, label: verdict === label } };
}

/** The messages of a body as it was sent; null where it has none. */
function messagesIn(body: string): ChatMessage[] | null {
  const sent = parseJson(body);
  if (!isObject(sent) || !Array.isArray(sent.messages)) return null;
  const messages = sent.messages.flatMap((message): ChatMessage[] => {
    if (!isObject(message) || typeof message.content !== 'string') return [];
    const role = message.role === 'system' || message.role === 'developer' ? 'system' : 'user';
    return [{ role, parts: [{ type: 'text', text: message.content }] }];
  });
  return messages.length === 0 ? null : messages;
}

/** In the place of a captured call: the studio's own are none. */
function callOf({ judgement_id, model, created_at }: Judgement): Call {
  return {
    call_id: judgement_id,
    exchange_id: null,
    parent_call_id: null,
    edge: { rule: 'root', basis: 'recorded', confidence: 1 },
    response_id: null,
    format: 'judgement',
    operation: 'chat',
    model,
    params: {},
    tools_offered: [],
    usage: null,
    cost_usd: null,
    started_at: created_at,
    duration_ms: null,
    ttft_ms: null,
    stop_reason: null,
    partial: false,
    error: null,
  };
}

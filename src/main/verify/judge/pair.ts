import * as z from 'zod';
import type { ListedRubric, PairJudgement, PairSent } from '../../../shared/model/index.js';
import { failureOf } from '../../ground/asking.js';
import type { Budget, Completion } from '../../ground/language-model.js';
import { checkedEvidence } from './evidence.js';
import { type JudgedTrace, type Judging, ownModel, prepared } from './judge-trace.js';
import { pairPromptOf, promptVersion } from './prompt.js';
import { confidenceOf } from './reply.js';
import type { ShownTrace } from './shown/shown-steps.js';

const pairReply = z.object({
  preferred: z.enum(['first', 'second', 'tie']),
  feedback: z.string(),
  evidence: z.array(z.object({ trace: z.enum(['first', 'second']), step: z.number(), quote: z.string() })),
});
type Reply = z.infer<typeof pairReply>;

interface PairAsked {
  rubric: ListedRubric;
  profile: string;
  allowOwn: readonly string[];
  budget?: Budget;
  account?: string;
  signal: AbortSignal;
  purpose?: string;
}
type Order = PairJudgement['orders'][number];
type Side = Order['first'];
export type MadePair = Omit<PairJudgement, 'pair_id' | 'created_at'>;

/** Which of two traces is better, asked in both orders: where the two disagree nobody is preferred. */
export async function judgePair(
  judging: Judging,
  a: JudgedTrace,
  b: JudgedTrace,
  asked: PairAsked,
): Promise<MadePair & { sent: PairSent['sent'] }> {
  const { rubric, hash } = asked.rubric;
  const half = { ...rubric, most_chars: Math.max(1000, Math.floor(rubric.most_chars / 2)) };
  const sides = { a: prepared(a, half, judging.key), b: prepared(b, half, judging.key) };
  const asks = judging.modelOf(asked.profile);
  const refused = sides.a.reason ?? sides.b.reason ?? ownOfEither(asks, [a, b], asked.profile, asked.allowOwn);
  const orders: Order[] = [];
  const sent: PairSent['sent'] = [];
  for (const first of ['a', 'b'] as const) {
    if (refused !== null) {
      orders.push({ ...unanswered(first, refused), model: asks });
      continue;
    }
    const one = await oneOrder(judging, { a: sides.a.shown, b: sides.b.shown }, first, { ...asked, traces: [a, b] });
    orders.push(one.order);
    if (one.sent !== null) sent.push({ first, body: one.sent });
  }
  const [one, two] = orders.map(({ preferred }) => preferred);
  const whole = one != null && two != null;
  const costs = orders.map(({ cost_usd }) => cost_usd);
  return {
    a: a.trace_id,
    b: b.trace_id,
    a_revision: a.revision ?? null,
    b_revision: b.revision ?? null,
    rubric: rubric.id,
    version: rubric.version,
    rubric_hash: hash,
    profile: asked.profile,
    model: [...new Set(orders.map(({ model }) => model))].join('+'),
    preferred: whole ? (one === two ? one : 'tie') : null,
    consistent: whole ? one === two : null,
    orders,
    reductions: { a: sides.a.shown.reduction, b: sides.b.shown.reduction },
    cost_usd: costs.includes(null) ? null : costs.reduce<number>((sum, each) => sum + (each ?? 0), 0),
    cached: refused === null && orders.every(({ cached }) => cached),
    sent,
  };
}

function ownOfEither(
  model: string,
  traces: readonly Pick<JudgedTrace, 'models'>[],
  profile: string,
  allowOwn: readonly string[],
): string | null {
  return traces.map((trace) => ownModel(model, trace, profile, allowOwn)).find((each) => each !== null) ?? null;
}

function unanswered(first: Side, reason: string): Omit<Order, 'model'> {
  return {
    first,
    preferred: null,
    feedback: '',
    evidence: [],
    unscored_reason: reason,
    confidence: null,
    prompt_hash: '',
    attempts: 0,
    seconds: 0,
    cached: false,
    cost_usd: 0,
  };
}

async function oneOrder(
  judging: Judging,
  shown: { [side in Side]: ShownTrace },
  first: Side,
  asked: PairAsked & { traces: readonly JudgedTrace[] },
): Promise<{ order: Order; sent: string | null }> {
  const { rubric: listed, profile, budget, account, signal, purpose = 'judge' } = asked;
  const { rubric, hash } = listed;
  const second = first === 'a' ? 'b' : 'a';
  let answer: Completion<Reply>;
  try {
    answer = await judging.models.complete({
      profile,
      messages: pairPromptOf(rubric, shown[first], shown[second], judging.key),
      schema: pairReply,
      schema_name: 'preference',
      ...(rubric.temperature === null ? {} : { temperature: rubric.temperature }),
      max_tokens: rubric.most_tokens,
      timeout_ms: rubric.timeout_s * 1000,
      purpose,
      cache_key: `pair ${promptVersion} ${rubric.id} ${rubric.version} ${hash}`,
      ...(budget === undefined ? {} : { budget }),
      ...(account === undefined ? {} : { account }),
      signal,
    });
  } catch (error) {
    const { reason, ...took } = failureOf(error, signal);
    return { order: { ...unanswered(first, reason), model: judging.modelOf(profile), ...took }, sent: null };
  }
  const { reply, unparsed, model, prompt_hash, attempts, seconds, cached, cost_usd, sent } = answer;
  const took = { model, prompt_hash, attempts, seconds, cached, cost_usd };
  // Behind a router's or a deployment's name stands whichever model the server says that it was.
  const own = ownOfEither(model, asked.traces, profile, asked.allowOwn);
  if (own !== null || reply === null) {
    const reason = own ?? judging.clean(unparsed ?? 'The model gave no answer.');
    return { order: { ...unanswered(first, reason), ...took }, sent };
  }
  const side = (said: 'first' | 'second') => (said === 'first' ? first : second);
  const evidence = (['first', 'second'] as const).flatMap((which) =>
    checkedEvidence(
      reply.evidence.filter(({ trace }) => trace === which).map((each) => ({ ...each, dimension: '' })),
      shown[side(which)],
    ).map(({ dimension: _, ...each }) => ({ ...each, quote: judging.clean(each.quote), trace: side(which) })),
  );
  return {
    order: {
      first,
      preferred: reply.preferred === 'tie' ? 'tie' : side(reply.preferred),
      feedback: judging.clean(reply.feedback.slice(0, 10_000)),
      evidence,
      unscored_reason: null,
      confidence: confidenceOf(evidence),
      ...took,
    },
    sent,
  };
}

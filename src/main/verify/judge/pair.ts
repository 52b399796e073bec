import * as z from 'zod';
import type { ListedRubric, PairJudgement } from '../../../shared/model/index.js';
import type { Budget, Completion } from '../../ground/language-model.js';
import { type JudgedTrace, type Judging, ownModel, prepared } from './judge-trace.js';
import { pairPromptOf, promptVersion } from './prompt.js';

const pairReply = z.object({
  preferred: z.enum(['first', 'second', 'tie']),
  feedback: z.string(),
});

interface PairAsked {
  rubric: ListedRubric;
  profile: string;
  allowOwn: readonly string[];
  budget?: Budget;
  signal: AbortSignal;
  purpose?: string;
}
type Order = PairJudgement['orders'][number];

/** Which of two traces is better, asked in both orders: where the two disagree nobody is preferred. */
export async function judgePair(
  judging: Judging,
  a: JudgedTrace,
  b: JudgedTrace,
  asked: PairAsked,
): Promise<PairJudgement> {
  const refused = [a, b]
    .map((trace) => ownModel(judging.modelOf(asked.profile), trace, asked.profile, asked.allowOwn))
    .find((each) => each !== null);
  const orders: Order[] = [];
  for (const first of ['a', 'b'] as const) {
    orders.push(
      refused == null
        ? await oneOrder(judging, first === 'a' ? [a, b] : [b, a], first, asked)
        : { first, preferred: null, feedback: '', unscored_reason: refused, cached: false, cost_usd: 0 },
    );
  }
  const [one, two] = orders.map(({ preferred }) => preferred);
  const whole = one != null && two != null;
  const costs = orders.map(({ cost_usd }) => cost_usd);
  const { id, version } = asked.rubric.rubric;
  return {
    a: a.trace_id,
    b: b.trace_id,
    rubric: id,
    version,
    profile: asked.profile,
    preferred: whole ? (one === two ? one : 'tie') : null,
    consistent: whole ? one === two : null,
    orders,
    cost_usd: costs.includes(null) ? null : costs.reduce<number>((sum, each) => sum + (each ?? 0), 0),
  };
}

async function oneOrder(
  judging: Judging,
  [one, two]: readonly [JudgedTrace, JudgedTrace],
  first: 'a' | 'b',
  { rubric: listed, profile, budget, signal, purpose = 'judge' }: PairAsked,
): Promise<Order> {
  const { rubric, hash } = listed;
  const half = { ...rubric, most_chars: Math.max(1000, Math.floor(rubric.most_chars / 2)) };
  const shown = [one, two].map((trace) => prepared(trace, half, judging.key).shown);
  const answer: Completion<z.infer<typeof pairReply>> = await judging.models.complete({
    profile,
    messages: pairPromptOf(rubric, shown[0] as never, shown[1] as never, judging.key),
    schema: pairReply,
    schema_name: 'preference',
    ...(rubric.temperature === null ? {} : { temperature: rubric.temperature }),
    max_tokens: rubric.most_tokens,
    timeout_ms: rubric.timeout_s * 1000,
    purpose,
    cache_key: `pair ${promptVersion} ${rubric.id} ${rubric.version} ${hash}`,
    ...(budget === undefined ? {} : { budget }),
    signal,
  });
  const { reply, unparsed, cached, cost_usd } = answer;
  const other = first === 'a' ? 'b' : 'a';
  return {
    first,
    preferred: reply === null ? null : reply.preferred === 'tie' ? 'tie' : reply.preferred === 'first' ? first : other,
    feedback: judging.clean((reply?.feedback ?? '').slice(0, 10_000)),
    unscored_reason: reply === null ? judging.clean(unparsed ?? 'The model gave no answer.') : null,
    cached,
    cost_usd,
  };
}

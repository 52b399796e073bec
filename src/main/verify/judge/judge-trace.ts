import type { Judgement, JudgementSent, JudgeVote, ListedRubric, Rubric, Trace } from '../../../shared/model/index.js';
import { failureOf } from '../../ground/asking.js';
import type { Budget, Completion, LanguageModels, ModelMessage } from '../../ground/language-model.js';
import { reduce } from '../../ground/reduce.js';
import { sameModel } from '../../ground/same-model.js';
import { combinedVerdict } from './combined.js';
import { together, type Voted } from './panel.js';
import { promptOf, promptVersion } from './prompt.js';
import { readReply, replySchema, unscored } from './reply.js';
import { type ShownTrace, shownSteps } from './shown/shown-steps.js';

/** What judging stands on; the engine's part gives it. */
export interface Judging {
  models: LanguageModels;
  /** The model that a profile asks. @throws SluiceError `model_profile_missing` */
  modelOf(profile: string): string;
  /** Under which content is delimited; the data folder's own. */
  key: Uint8Array;
  /** The gate: whatever a model said passes it before it is kept. */
  clean(text: string): string;
}

export interface Asked {
  rubric: ListedRubric;
  profiles: readonly string[];
  samples: number;
  allowOwn: readonly string[];
  budget?: Budget;
  /** What pays: see `CompletionRequest`. */
  account?: string;
  signal: AbortSignal;
  purpose?: string;
}

export type JudgedTrace = Pick<Trace, 'trace_id' | 'revision' | 'models' | 'steps' | 'decisions' | 'qa_results'>;
export type Made = Omit<Judgement, 'judgement_id' | 'created_at'> & { sent: JudgementSent['sent'] };

/** The prompt that a rubric makes of a trace, and why nothing would be sent. */
export function prepared(trace: Pick<Trace, 'steps' | 'decisions'>, rubric: Rubric, key: Uint8Array) {
  const shown = reduce(shownSteps(trace, rubric.sees), rubric);
  return { shown, messages: promptOf(rubric, shown, key), reason: nothingToJudge(rubric, shown) };
}

function nothingToJudge(rubric: Rubric, { steps }: ShownTrace): string | null {
  if (steps.some(({ by }) => by === 'agent')) return null;
  const seen =
    rubric.sees.length === 1 && rubric.sees[0] === 'reasoning' ? 'no reasoning' : 'nothing that this rubric judges';
  return `The trace holds ${seen}.`;
}

/**
 * Judges a trace by a rubric: each profile as often as asked. What gives no score says why; what no call can mend (a missing
 * profile, a budget that is used up) is thrown.
 */
export async function judgeTrace(judging: Judging, trace: JudgedTrace, asked: Asked): Promise<Made> {
  const { rubric, hash, scale } = asked.rubric;
  const { shown, messages, reason } = prepared(trace, rubric, judging.key);
  const voted: Voted[] = [];
  const sent: Made['sent'] = [];
  for (const profile of asked.profiles) {
    const own = ownModel(judging.modelOf(profile), trace, profile, asked.allowOwn);
    for (let sample = 0; sample < asked.samples; sample++) {
      const refused = reason ?? own;
      if (refused !== null) {
        voted.push(notAsked(profile, judging.modelOf(profile), sample, refused));
        continue;
      }
      const answer = await vote(judging, { ...asked, messages, profile, sample }, shown, trace);
      voted.push(answer.voted);
      if (answer.sent !== null) sent.push({ profile, sample, body: answer.sent });
    }
  }
  const { first_wrong_step: first, ...result } = together(rubric, voted);
  const votes = voted.map(({ vote: each }) => each);
  const models = [...new Set(votes.map(({ model }) => model))];
  const asking = votes.filter(({ prompt_hash }) => prompt_hash !== '');
  const costs = votes.map(({ cost_usd }) => cost_usd);
  return {
    trace_id: trace.trace_id,
    trace_revision: trace.revision ?? null,
    rubric: rubric.id,
    version: rubric.version,
    rubric_hash: hash,
    scale,
    ...result,
    combined: combinedVerdict(trace.qa_results?.tests_passed, result.verdict),
    first_wrong_step:
      first === null
        ? null
        : { step: first, step_id: shown.steps.find(({ number }) => number === first)?.step_id ?? null },
    profile: asked.profiles.join('+'),
    model: models.join('+'),
    votes,
    reduction: shown.reduction,
    cost_usd: costs.includes(null) ? null : costs.reduce<number>((sum, each) => sum + (each ?? 0), 0),
    // Those that nobody asked (no reasoning, the trace's own model) are neither.
    cached: asking.length > 0 && asking.every(({ cached }) => cached),
    sent,
  };
}

/** Why a model must not judge this trace, asked by this profile; null where it may. */
export function ownModel(
  model: string,
  trace: Pick<Trace, 'models'>,
  profile: string,
  allowOwn: readonly string[],
): string | null {
  if (allowOwn.includes(profile)) return null;
  return trace.models.some((each) => sameModel(each, model))
    ? `${model} generated this trace and does not judge it, unless the profile is allowed by name (allow_own).`
    : null;
}

/** `took`: by a call that failed. */
function notAsked(
  profile: string,
  model: string,
  sample: number,
  reason: string,
  took: Pick<JudgeVote, 'cost_usd' | 'attempts'> = { cost_usd: 0, attempts: 0 },
): Voted {
  const read = unscored(reason);
  return {
    read,
    vote: {
      ...voteOf(read),
      profile,
      model,
      sample,
      ...took,
      cached: false,
      prompt_hash: '',
      seconds: 0,
    },
  };
}

type Vote = Asked & { messages: ModelMessage[]; profile: string; sample: number };

async function vote(
  judging: Judging,
  asked: Vote,
  shown: ShownTrace,
  trace: Pick<Trace, 'models'>,
): Promise<{ voted: Voted; sent: string | null }> {
  const { rubric } = asked.rubric;
  let answer: Completion<unknown>;
  try {
    answer = await completion(judging, asked);
  } catch (error) {
    const { reason, ...took } = failureOf(error, asked.signal);
    return { voted: notAsked(asked.profile, judging.modelOf(asked.profile), asked.sample, reason, took), sent: null };
  }
  // Behind a router's or a deployment's name stands whichever model the server says that it was.
  const own = ownModel(answer.model, trace, asked.profile, asked.allowOwn);
  const read =
    own !== null
      ? unscored(own)
      : answer.reply === null
        ? unscored(answer.unparsed ?? 'The model gave no answer.')
        : readReply(rubric, answer.reply, shown);
  const kept = cleaned(read, judging.clean);
  const { profile, model, cost_usd, cached, prompt_hash, attempts, seconds } = answer;
  return {
    voted: {
      read: kept,
      vote: { ...voteOf(kept), profile, model, sample: asked.sample, cost_usd, cached, prompt_hash, attempts, seconds },
    },
    sent: answer.sent,
  };
}

function completion(judging: Judging, asked: Vote): Promise<Completion<unknown>> {
  const { rubric, hash } = asked.rubric;
  return judging.models.complete({
    profile: asked.profile,
    messages: asked.messages,
    schema: replySchema(rubric),
    schema_name: 'verdict',
    ...(rubric.temperature === null ? {} : { temperature: rubric.temperature }),
    max_tokens: rubric.most_tokens,
    timeout_ms: rubric.timeout_s * 1000,
    purpose: asked.purpose ?? 'judge',
    cache_key: `judge ${promptVersion} ${rubric.id} ${rubric.version} ${hash} ${asked.sample}`,
    ...(asked.budget === undefined ? {} : { budget: asked.budget }),
    ...(asked.account === undefined ? {} : { account: asked.account }),
    signal: asked.signal,
  });
}

/** What a model said is whatever its maker, or the trace, made it say: every text of it passes the gate. */
function cleaned<R extends ReturnType<typeof unscored>>(read: R, clean: (text: string) => string): R {
  return {
    ...read,
    feedback: clean(read.feedback.slice(0, 10_000)),
    unscored_reason: read.unscored_reason === null ? null : clean(read.unscored_reason.slice(0, 1000)),
    evidence: read.evidence.map((each) => ({
      ...each,
      quote: clean(each.quote),
      dimension: each.dimension === null ? null : clean(each.dimension),
    })),
  };
}

function voteOf({ score, dimensions, first_wrong_step, unscored_reason, confidence }: ReturnType<typeof unscored>) {
  return { score, dimensions, first_wrong_step, unscored_reason, confidence } satisfies Partial<JudgeVote>;
}

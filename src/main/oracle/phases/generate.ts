import type * as z from 'zod';
import type { GoldTrace } from '../../../shared/model/gold-trace.js';
import { failureOf } from '../../ground/asking.js';
import type { Budget, Completion, LanguageModels, ModelMessage } from '../../ground/language-model.js';
import { sameModel } from '../../ground/same-model.js';
import type { Domain } from '../domains/domain.js';
import type { Shape } from '../sampler/plan.js';
import { asksOf, type SampleOf, sampled, traceOf } from '../sampler/sample.js';
import { type Catalogue, type Failure, failuresOfTrace } from '../validators/index.js';
import { callsPrompt, callsReply, callsVersion, runCalls } from './calls.js';
import { requestPrompt, requestReply, requestVersion } from './request.js';
import { accepts, reviewPrompt, reviewReply, reviewVersion } from './review.js';

export const promptVersions = { request: requestVersion, calls: callsVersion, review: reviewVersion };

/** Who is asked. */
export interface PhaseModels {
  models: LanguageModels;
  /** The model that a profile asks. @throws SluiceError `model_profile_missing` */
  modelOf(profile: string): string;
  generator: string;
  /** More than half of them have to accept; none: nobody reviews. */
  reviewers: readonly string[];
  /** Reviewers that may be of the generator's own model. */
  allowOwn: readonly string[];
  account: string;
  budget?: Budget;
  signal: AbortSignal;
}

/** A trace that holds, or what it failed at: a phase (`request`, `calls`, `review`) or validators. */
export type Generated = { trace: GoldTrace; shape: Shape } | { failures: Failure[] };

/** Tokens of an answer at most, and milliseconds that it is waited for. */
export const mostTokens = 4000;
const patience = 120_000;

/**
 * One trace by three phases: the request of what was sampled, the calls that fulfil it, run on the simulator, and a review; validators that
 * need no model stand before the review. An answer that does not parse is asked for once more by the client.
 * @throws what ends a whole run: a missing profile or key, a budget that is used up; the signal's reason
 */
export async function generateTrace(
  domain: Domain,
  of: SampleOf,
  catalogue: Catalogue,
  asked: PhaseModels,
): Promise<Generated> {
  const made = sampled(domain, of);
  const request = await answer(asked, asked.generator, 'request', requestPrompt(domain, made), requestReply, 1);
  if ('failures' in request) return request;
  const { request: text } = request.reply;
  const planned = await answer(asked, asked.generator, 'calls', callsPrompt(domain, made, text), callsReply, 0.2);
  if ('failures' in planned) return planned;
  const ran = runCalls(domain, made, planned.reply);
  if ('problem' in ran) return failed('calls', ran.problem);
  const trace: GoldTrace = {
    ...traceOf(domain, { ...made, text, plan: { ...made.plan, ...ran.plan } }, asksOf(made.plan)),
    generator: 'model',
    model: planned.model,
    prompt_versions: promptVersions,
  };
  const failures = failuresOfTrace(trace, catalogue);
  if (failures.length > 0) return { failures };
  const reviews = await Promise.all(asked.reviewers.map((profile) => reviewed(asked, profile, trace, planned.model)));
  const refused = reviews.filter(({ accepted }) => !accepted);
  if (reviews.length > 0 && refused.length * 2 >= reviews.length)
    return failed('review', refused.map(({ profile, reason }) => `${profile}: ${reason}`).join('; '));
  return { trace: { ...trace, reviews }, shape: ran.plan.shape };
}

const failed = (validator: string, message: string): { failures: Failure[] } => ({
  failures: [{ validator, message: message.slice(0, 2000) }],
});

type Answer<T> = { reply: T; model: string } | { failures: Failure[] };

async function answer<T>(
  { models, account, budget, signal }: PhaseModels,
  profile: string,
  phase: keyof typeof promptVersions,
  messages: ModelMessage[],
  schema: z.ZodType<T>,
  temperature: number,
): Promise<Answer<T>> {
  let completion: Completion<T>;
  try {
    completion = await models.complete({
      profile,
      messages,
      schema,
      schema_name: phase,
      temperature,
      max_tokens: mostTokens,
      timeout_ms: patience,
      purpose: 'oracle',
      cache_key: `oracle ${phase} ${promptVersions[phase]}`,
      account,
      ...(budget === undefined ? {} : { budget }),
      signal,
    });
  } catch (error) {
    return failed(phase, failureOf(error, signal).reason);
  }
  const { reply, unparsed, model } = completion;
  return reply === null ? failed(phase, unparsed ?? 'The model gave no answer.') : { reply, model };
}

async function reviewed(asked: PhaseModels, profile: string, trace: GoldTrace, generatorModel: string) {
  const own = (model: string) => !asked.allowOwn.includes(profile) && sameModel(model, generatorModel);
  const refusal = (model: string) => ({
    profile,
    model,
    accepted: false,
    reason: `${model} made this trace and does not review it, unless the profile is allowed by name (allow_own).`,
  });
  const model = asked.modelOf(profile);
  if (own(model)) return refusal(model);
  const said = await answer(asked, profile, 'review', reviewPrompt(trace), reviewReply, 0);
  if ('failures' in said) return { profile, model, accepted: false, reason: said.failures[0]?.message ?? '' };
  // Behind a router's name stands whichever model the server says that it was.
  if (own(said.model)) return refusal(said.model);
  return { profile, model: said.model, accepted: accepts(said.reply), reason: said.reply.reason };
}

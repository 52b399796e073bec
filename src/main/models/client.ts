import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import { uuidv7 } from '../../shared/ids.js';
import type { Capabilities, KeptReply, NewModelCall, StoredProfile } from '../../shared/model/index.js';
import type { Completion, CompletionRequest, LanguageModels, ModelMessage } from '../ground/language-model.js';
import type { Address } from './ask.js';
import { ask, type Waiting } from './attempts.js';
import { hostOf } from './base-url.js';
import { askedAgain, bodyOf } from './body.js';
import type { CallStore } from './call-store.js';
import { costOf, type ListPrice, mostTokens, type Tokens } from './costs.js';
import { writtenSchema } from './dialect.js';
import { lastLook, type Redact } from './gate.js';
import { createLane, type Lane } from './lanes.js';
import { capabilitiesOf, isAgreed, type Profiles } from './profiles.js';
import { type Read, readAnswer } from './reply.js';
import { sharedCalls } from './shared-calls.js';

export interface ClientDependencies {
  profiles: Profiles;
  redact: Redact;
  store: CallStore;
  listPrice: ListPrice;
  /** Headers for this address: a mark where the call may come through our own proxy. */
  headersFor(baseUrl: string): { [name: string]: string };
  /** How the network is reached. */
  fetch: typeof fetch;
  /** Is told of each call that was sent: whom, what for, never what. */
  record(call: { purpose: string; profile: string; host: string }): Promise<unknown>;
  waiting?: Waiting;
}

export const realWaiting: Waiting = {
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  random: Math.random,
  now: Date.now,
};

/** Where a call goes by in the place of the profile's own address, so that it is captured as others are. */
export type Route = Pick<Address, 'base_url' | 'headers' | 'fetch'>;

/** What is asked for in words. */
export type TextRequest = Omit<CompletionRequest<string>, 'schema' | 'schema_name' | 'cache_key'>;

/** The answer's text; nothing at all is no answer. */
const textSchema = z.string().regex(/\S/);

/** One answer so far, with what it took. */
interface Progress {
  attempts: number;
  tokens: Tokens | null;
  /** Of the answers; null where nobody knows what one cost. */
  cost_usd: number | null;
  /** The most that attempts may have cost of which nobody heard: broken off, or answered without a count of tokens. */
  unheard_usd: number;
  sent: string;
  received: string | null;
  model: string;
  finish: KeptReply['finish'];
}

/** The one way to language models: nothing is sent that did not pass the gate, nor before a person agreed to it. */
export function createLanguageModels(parts: ClientDependencies) {
  const { profiles, store, listPrice, waiting = realWaiting } = parts;
  const look = lastLook(parts.redact);
  const lanes = new Map<string, Lane>();
  const share = sharedCalls<Completion<unknown>>();
  /** What an address refused since, by profile as it stands. */
  const learned = new Map<string, Capabilities>();
  /** How much dearer answers were than their forecast, by the same: what servers count as tokens is their own affair. */
  const dearer = new Map<string, number>();
  const ended = new AbortController();

  function laneOf(host: string): Lane {
    const lane = lanes.get(host) ?? createLane();
    lanes.set(host, lane);
    return lane;
  }

  function agreed(name: string): StoredProfile {
    const profile = profiles.get(name);
    if (isAgreed(profile)) return profile;
    const message = `Nobody agreed yet that the profile "${name}" sends text to ${hostOf(profile.base_url)}.`;
    throw new SluiceError('model_not_agreed', message);
  }

  /** @throws SluiceError `model_price_unknown` */
  function priced(profile: StoredProfile): void {
    const nothing = { input_tokens: 0, output_tokens: 0, cached_tokens: 0 };
    if (costOf(profile, nothing, listPrice) !== null) return;
    throw new SluiceError('model_price_unknown', `Nobody says what ${profile.model} costs: no budget can hold.`);
  }

  /** What one attempt may cost at most, as forecasts say it and budgets reserve it. */
  function mostUsd(
    profile: StoredProfile,
    messages: readonly ModelMessage[],
    schema: object,
    output_tokens: number,
  ): number | null {
    const most = { input_tokens: mostTokens(messages, JSON.stringify(schema)), output_tokens, cached_tokens: 0 };
    return costOf(profile, most, listPrice);
  }

  async function addressOf(profile: StoredProfile): Promise<Address> {
    return {
      base_url: profile.base_url,
      key: await profiles.key(profile),
      keyHeader: profile.preset === 'azure' ? 'api-key' : 'authorization',
      headers: parts.headersFor(profile.base_url),
      fetch: parts.fetch,
    };
  }

  async function complete<T>(request: CompletionRequest<T>): Promise<Completion<T>> {
    const profile = agreed(request.profile);
    const messages = look.messages(request.messages);
    const schema = writtenSchema(request.schema, dialectOf(profile));
    look.schema(JSON.stringify(schema.sent));
    const own = { profile, messages, schema, request, key: null as string | null };
    const signal = AbortSignal.any([request.signal, ended.signal]);
    if (request.cache_key === null) return sendFor(own, signal);
    const key = cacheKey(profile, request, messages, schema.plain);
    const kept = await answeredBefore(own, key);
    if (kept !== null) return kept;
    const { result, first } = await share(key, signal, (shared) => sendFor({ ...own, key }, shared));
    if (first) return result as Completion<T>;
    return { ...(result as Completion<T>), cached: true, cost_usd: 0, attempts: 0 };
  }

  type Own<T> = {
    profile: StoredProfile;
    messages: ModelMessage[];
    schema: ReturnType<typeof writtenSchema> | null;
    request: CompletionRequest<T>;
    key: string | null;
    route?: Route;
  };

  /** Text for text: never answered from what was kept. */
  async function say(request: TextRequest, route: Route): Promise<Completion<string>> {
    const profile = agreed(request.profile);
    const whole = { ...request, schema: textSchema, schema_name: 'text', cache_key: null };
    const messages = look.messages(request.messages);
    const signal = AbortSignal.any([request.signal, ended.signal]);
    return sendFor({ profile, messages, schema: null, request: whole, key: null, route }, signal);
  }

  async function answeredBefore<T>({ profile, schema, request }: Own<T>, key: string): Promise<Completion<T> | null> {
    const kept = store.kept(key);
    if (kept === null) return null;
    const read = readAnswer({ finish: kept.finish, refusal: null }, kept.received, request.schema, schema);
    if (!('reply' in read)) return null;
    const { model, prompt_hash, sent } = kept;
    await store.save({
      ...callOf(profile, request),
      model,
      outcome: 'cached',
      reason: null,
      attempts: 0,
      seconds: 0,
      input_tokens: null,
      output_tokens: null,
      cost_usd: 0,
      unheard_usd: 0,
      account: request.account ?? null,
      key: null,
      content: null,
    });
    const done = { unparsed: null, model, profile: profile.name, usage: null, cost_usd: 0, cached: true };
    return { reply: read.reply, ...done, attempts: 0, seconds: 0, prompt_hash, sent };
  }

  function callOf(profile: StoredProfile, { purpose }: { purpose: string }) {
    return {
      call_id: uuidv7(),
      profile: profile.name,
      host: hostOf(profile.base_url),
      purpose,
      generation: store.generation(),
    };
  }

  async function sendFor<T>(own: Own<T>, signal: AbortSignal): Promise<Completion<T>> {
    const { profile, request, schema, key } = own;
    const call = callOf(profile, request);
    const started = performance.now();
    const progress: Progress = {
      attempts: 0,
      tokens: null,
      cost_usd: 0,
      unheard_usd: 0,
      sent: '',
      received: null,
      model: profile.model,
      finish: 'stop',
    };
    const save = (ended: Pick<NewModelCall, 'outcome' | 'reason' | 'key'>) =>
      store.save({
        ...call,
        model: progress.model,
        attempts: progress.attempts,
        seconds: (performance.now() - started) / 1000,
        input_tokens: progress.tokens?.input_tokens ?? null,
        output_tokens: progress.tokens?.output_tokens ?? null,
        cost_usd: progress.cost_usd,
        unheard_usd: progress.unheard_usd,
        account: request.account ?? null,
        content: contentOf(progress),
        ...ended,
      });
    try {
      const read = await readable(own, progress, signal);
      const parsed = 'reply' in read;
      await save({
        outcome: parsed ? 'answered' : 'unparsed',
        reason: parsed ? null : read.unparsed,
        key: parsed ? key : null,
      });
      return {
        reply: parsed ? read.reply : null,
        unparsed: parsed ? null : read.unparsed,
        model: progress.model,
        profile: profile.name,
        usage: progress.tokens,
        cost_usd: progress.cost_usd,
        cached: false,
        attempts: progress.attempts,
        seconds: (performance.now() - started) / 1000,
        prompt_hash: hashOf(progress.sent),
        sent: progress.sent,
      };
    } catch (error) {
      const code = error instanceof SluiceError ? error.code : signal.aborted ? 'job_cancelled' : 'internal';
      if (progress.sent !== '') await save({ outcome: 'failed', reason: code, key: null });
      if (signal.aborted && ended.signal.aborted) throw new SluiceError('shutting_down', 'The studio is stopping.');
      throw withCost(error, progress);
    }

    /** Asks, and once more where the answer cannot be read. */
    async function readable(own: Own<T>, progress: Progress, signal: AbortSignal): Promise<Read<T>> {
      const address = { ...(await addressOf(profile)), ...own.route };
      let messages: readonly ModelMessage[] = own.messages;
      let last: Read<T> | null = null;
      for (;;) {
        const answer = await answerTo(messages, address, own, progress, signal).catch((error) => {
          // The budget does not reach for asking again: what came stays unread.
          if (last !== null && error instanceof SluiceError && error.code === 'model_budget_used') return null;
          throw error;
        });
        if (answer === null) return last as Read<T>;
        const { finish, refusal } = answer;
        const received = progress.received ?? '';
        const read = readAnswer({ finish, refusal }, received, request.schema, schema);
        if ('reply' in read || last !== null || !read.again) return read;
        last = read;
        messages = askedAgain(own.messages, received, read.unparsed);
      }
    }
  }

  async function answerTo<T>(
    messages: readonly ModelMessage[],
    address: Address,
    { profile, schema, request }: Own<T>,
    progress: Progress,
    signal: AbortSignal,
  ) {
    const { budget, purpose } = request;
    const host = hostOf(profile.base_url);
    const state = `${profile.name} ${profile.base_url} ${profile.model} ${profile.probe?.at}`;
    const forecast = mostUsd(profile, messages, schema?.sent ?? {}, request.max_tokens);
    if (budget !== undefined) priced(profile);
    let reserved: number | null = null;
    const { answer, capabilities } = await ask({
      address,
      lane: laneOf(host),
      capabilities: learned.get(state) ?? capabilitiesOf(profile),
      body: (taken) => bodyOf({ ...request, model: profile.model, messages, schema }, taken),
      timeout_ms: request.timeout_ms,
      signal,
      waiting,
      clean: look.received,
      async before() {
        reserved = forecast === null ? null : usd(forecast * (dearer.get(state) ?? 1));
        if (budget !== undefined && reserved !== null && !(await budget.reserve(reserved, signal))) {
          const left = Math.max(0, budget.limit_usd - budget.spent_usd);
          const message = `The next call may cost $${reserved.toFixed(6)}; of the budget $${left.toFixed(6)} are left.`;
          throw new SluiceError('model_budget_used', message);
        }
        progress.attempts += 1;
        void parts.record({ purpose, profile: profile.name, host });
      },
      after(ended) {
        const usage = 'answer' in ended ? ended.answer.usage : null;
        const cost = usage === null ? null : costOf(profile, usage, listPrice);
        // What a server may have worked for without a word of it counts with the most that it may cost.
        const unheard = cost === null && ('answer' in ended || ended.maybeCharged) ? (reserved ?? 0) : 0;
        if (cost !== null && forecast !== null && cost > forecast && forecast > 0)
          dearer.set(state, Math.max(dearer.get(state) ?? 1, cost / forecast));
        if (budget !== undefined && reserved !== null) budget.settle(reserved, cost ?? unheard);
        progress.unheard_usd = usd(progress.unheard_usd + unheard);
        if (!('answer' in ended)) return;
        progress.tokens = usage === null ? null : added(progress.tokens, usage);
        progress.cost_usd = cost === null || progress.cost_usd === null ? null : usd(progress.cost_usd + cost);
      },
      onSent(body) {
        progress.sent = body;
      },
    });
    learned.set(state, capabilities);
    progress.received = look.received(answer.text);
    progress.model = look.received(answer.model ?? profile.model);
    progress.finish = answer.finish;
    return answer;
  }

  const models: LanguageModels = {
    complete,
    forecast({ profile: name, messages, schema, max_tokens }) {
      const profile = profiles.get(name);
      return mostUsd(profile, messages, writtenSchema(schema, dialectOf(profile)).sent, max_tokens);
    },
  };
  return {
    ...models,
    say,
    agreed,
    priced,
    addressOf,
    laneOf,
    /** Ends what is under way. */
    end: () => ended.abort(),
  };
}

/** What failed, with what it cost all the same. */
function withCost(error: unknown, { attempts, cost_usd }: Progress): unknown {
  if (!(error instanceof SluiceError)) return error;
  return new SluiceError(error.code, error.message, { ...(error.details as object | undefined), attempts, cost_usd });
}

const dialectOf = ({ preset }: StoredProfile) => (preset === 'gemini' ? ('gemini' as const) : ('openai' as const));

function contentOf({ sent, received, model, finish }: Progress): Partial<KeptReply> | null {
  if (sent === '') return null;
  return { sent, ...(received === null ? {} : { received }), model, prompt_hash: hashOf(sent), finish };
}

function cacheKey(
  { base_url, model }: StoredProfile,
  { schema_name, cache_key, temperature, max_tokens }: CompletionRequest<unknown>,
  messages: readonly ModelMessage[],
  schema: object,
): string {
  const parameters = [temperature ?? null, max_tokens];
  return hashOf(JSON.stringify([base_url, model, messages, schema_name, schema, cache_key, parameters]));
}

function added(before: Tokens | null, more: Tokens): Tokens {
  if (before === null) return more;
  return {
    input_tokens: before.input_tokens + more.input_tokens,
    output_tokens: before.output_tokens + more.output_tokens,
    cached_tokens: before.cached_tokens + more.cached_tokens,
  };
}

const usd = (amount: number) => Math.round(amount * 1e8) / 1e8;

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

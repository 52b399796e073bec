import OpenAI from 'openai';
import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import type { Capabilities, ModelProbe, ProbeCheck } from '../../shared/model/index.js';
import { type Address, askOnce, NoAnswer } from './ask.js';
import type { Body } from './body.js';
import { writtenSchema } from './dialect.js';
import { failureOf } from './failures.js';
import type { Answer } from './reply.js';

interface Probing {
  model: string;
  preset: Capabilities;
  address: Address;
  dialect: 'openai' | 'gemini';
  signal: AbortSignal;
  timeout_ms: number;
  clean(text: string): string;
  /** Before each call, and after it with what came of it. */
  before(): void;
  after(body: string, answer: Answer | null): Promise<unknown>;
}

const shortLimit = 16;
const usualLimit = 256;

/** Words that no prompt of the probe asks for: only a schema that is enforced brings them. */
const unasked = z.strictObject({ probe_colour: z.enum(['teal', 'ochre']), probe_number: z.int().min(1).max(9) });

const say = (content: string): Body['messages'] => [{ role: 'user', content }];

type Tried = { answer: Answer; note: string } | { answer: null; note: string };

/**
 * Finds out what an address takes, by six short calls at most. A field that is refused is told from one that is ignored where the
 * answer shows it. @throws SluiceError where the address, the key or the model is wrong
 */
export async function probe(probing: Probing): Promise<Omit<ModelProbe, 'cost_usd'>> {
  const { model, signal, preset } = probing;
  const started = performance.now();
  const checks: ProbeCheck[] = [];
  let named = model;

  /** What is refused comes back with its reason; what is wrong with all requests is thrown. */
  async function tried(more: Partial<Body>): Promise<Tried> {
    let sent = '';
    const timeout = AbortSignal.timeout(probing.timeout_ms);
    try {
      probing.before();
      const body = { model, messages: say('Say hello.'), ...more } as Body;
      const answer = await askOnce(probing.address, body, AbortSignal.any([signal, timeout]), (text) => {
        sent = text;
      });
      await probing.after(sent, answer);
      named = probing.clean(answer.model ?? named);
      return { answer, note: '' };
    } catch (error) {
      await probing.after(sent, null);
      signal.throwIfAborted();
      if (error instanceof OpenAI.APIError && (error.status === 400 || error.status === 422)) {
        return { answer: null, note: probing.clean(String(error.message).slice(0, 2000)).slice(0, 300) };
      }
      throw error instanceof NoAnswer
        ? error.toError()
        : failureOf(error, timeout.aborted, Date.now(), probing.clean).error;
    }
  }

  function note(check: ProbeCheck['check'], outcome: ProbeCheck['outcome'], text: string): void {
    checks.push({ check, outcome, note: text });
  }

  async function limitField(): Promise<Capabilities['limit_field']> {
    const order = ['max_completion_tokens', 'max_tokens'] as const;
    let taken: Capabilities['limit_field'] | null = null;
    let refusal = '';
    for (const field of order) {
      const messages = say('Count from 1 to 200, separated by spaces.');
      const { answer, note: why } = await tried({ messages, [field]: shortLimit });
      if (answer === null) {
        refusal = why;
        note(field, 'refused', why);
        continue;
      }
      const tokens = answer.usage?.output_tokens ?? null;
      if (answer.finish === 'length' || (tokens !== null && tokens <= shortLimit)) {
        note(field, 'honoured', `the answer ended after ${tokens ?? 'a few'} tokens`);
        return field;
      }
      taken ??= field;
      note(field, 'ignored', tokens === null ? 'the answer was not cut' : `the answer has ${tokens} tokens`);
    }
    if (taken === null) throw new SluiceError('model_refused_request', `The server says: ${refusal}`);
    // Neither bounds: the usual one of the address is sent, and forecasts are too low.
    return preset.limit_field;
  }

  async function accepts(check: 'temperature' | 'reasoning_effort', field: Partial<Body>): Promise<boolean> {
    const { answer, note: why } = await tried({ [limit_field]: usualLimit, ...field });
    note(
      check,
      answer === null ? 'refused' : 'accepted',
      answer === null ? why : 'whether it has an effect cannot be seen',
    );
    return answer !== null;
  }

  async function shapes(
    check: 'json_schema' | 'json_mode',
    format: Body['response_format'],
    fits: (text: string) => boolean,
  ) {
    const messages = say('Name a colour. JSON is fine if you were told so.');
    const { answer, note: why } = await tried({
      messages,
      [limit_field]: usualLimit,
      response_format: format,
    } as Partial<Body>);
    if (answer === null) note(check, 'refused', why);
    else if (fits(answer.text)) note(check, 'honoured', 'the answer has the shape');
    else note(check, 'ignored', answer.finish === 'length' ? 'the answer was cut off' : 'the answer has another shape');
    return answer !== null && fits(answer.text);
  }

  const limit_field = await limitField();
  const temperature = await accepts('temperature', { temperature: 0.3 });
  const reasoning_effort = await accepts('reasoning_effort', { reasoning_effort: 'low' });
  const { sent } = writtenSchema(unasked, probing.dialect);
  const schema = await shapes(
    'json_schema',
    { type: 'json_schema', json_schema: { name: 'probe', strict: true, schema: sent } },
    (text) => unasked.safeParse(jsonOrNull(text)).success,
  );
  const json =
    schema || (await shapes('json_mode', { type: 'json_object' }, (text) => typeof jsonOrNull(text) === 'object'));
  return {
    at: new Date().toISOString(),
    model: named,
    checks,
    capabilities: {
      structure: schema ? 'schema' : json ? 'json' : 'plain',
      limit_field,
      temperature,
      reasoning_effort,
    },
    seconds: (performance.now() - started) / 1000,
  };
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

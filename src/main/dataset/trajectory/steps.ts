import type { Call, Json, Reasoning, Step, TokenLogprob, Trace } from '../../../shared/model/index.js';
import { isObject } from '../../ground/json.js';
import type { ContentPart, Metrics, StepResult, TrajectoryStep } from './shape.js';

const imageTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'] as const;

export interface StepOptions {
  reasoning: Reasoning;
  /** Tokens of a call's answer as they were on the wire; empty where none were. */
  logprobs(trace: Trace, call: Call): readonly TokenLogprob[];
}

/** A trace's steps as a trajectory has them: one agent step a model call, with its calls and what came of them. */
export function trajectorySteps(
  trace: Trace,
  options: StepOptions,
): { steps: TrajectoryStep[]; placeOf: Map<string, Place> } {
  const builder = new StepBuilder(trace, options);
  for (const step of trace.steps) builder.add(step);
  return builder.finish();
}

/** Where a tool call stands: its step and its result, which is made where there is none. */
export interface Place {
  result(): StepResult;
}

class StepBuilder {
  readonly #out: TrajectoryStep[] = [];
  readonly #calls: Map<string, Call>;
  readonly #byCall = new Map<string, TrajectoryStep>();
  /** Agent steps by the ids of their tool calls; the latest of an id counts. */
  readonly #asked = new Map<string, TrajectoryStep>();
  readonly #places = new Map<string, Place>();
  /** The step of an agent whose calls are not known, while nobody else spoke. */
  #nameless: TrajectoryStep | null = null;
  readonly #trace: Trace;
  readonly #options: StepOptions;

  constructor(trace: Trace, options: StepOptions) {
    this.#trace = trace;
    this.#options = options;
    this.#calls = new Map(trace.calls.map((call) => [call.call_id, call]));
  }

  add(step: Step): void {
    switch (step.type) {
      case 'message':
        if (step.role === 'assistant') {
          const agent = this.#agent(step);
          agent.message = joined(agent.message as string, step.content);
        } else this.#other(step, step.role === 'user' ? 'user' : 'system', messageContent(step), mediaExtra(step));
        break;
      case 'reasoning': {
        const agent = this.#agent(step);
        if (step.encrypted !== true && step.content !== '')
          agent.reasoning_content = joined(agent.reasoning_content ?? '', step.content);
        break;
      }
      case 'tool_call':
        this.#call(step);
        break;
      case 'tool_result':
        this.#result(step);
        break;
      case 'user_feedback':
        this.#other(step, 'user', step.content);
        break;
      case 'reasoning_step': {
        const agent = this.#agent(step);
        agent.message = joined(agent.message as string, step.content);
        break;
      }
      // What was chosen stands in the call itself.
      case 'decision':
        break;
      default: {
        const { step_id, seq, timestamp, ...fields } = step;
        this.#other(step, 'system', fields.type, { [fields.type]: fields as unknown as Json });
      }
    }
  }

  finish(): { steps: TrajectoryStep[]; placeOf: Map<string, Place> } {
    const agents = this.#out.filter(({ source }) => source === 'agent');
    const { reasoning } = this.#options;
    for (const step of agents)
      if (reasoning === 'strip' || (reasoning === 'last' && step !== agents.at(-1))) delete step.reasoning_content;
    for (const [index, step] of this.#out.entries()) step.step_id = index + 1;
    return { steps: this.#out, placeOf: this.#places };
  }

  #agent(step: Step): TrajectoryStep {
    const callId = step.call_id ?? null;
    const existing = callId === null ? this.#nameless : (this.#byCall.get(callId) ?? null);
    if (existing !== null) return existing;
    const call = callId === null ? undefined : this.#calls.get(callId);
    const metrics = call && metricsOf(call, this.#options.logprobs(this.#trace, call));
    const made: TrajectoryStep = {
      step_id: 0,
      ...(step.timestamp === null ? {} : { timestamp: step.timestamp }),
      source: 'agent',
      ...(call?.model == null ? {} : { model_name: call.model }),
      message: '',
      ...(metrics === undefined || Object.keys(metrics).length === 0 ? {} : { metrics }),
      ...(call === undefined ? {} : { llm_call_count: 1 }),
      // Of what the trace goes on from only what it was given again is told here.
      ...(call === undefined && this.#trace.predecessor_trace_id !== null ? { is_copied_context: true } : {}),
    };
    this.#out.push(made);
    if (callId === null) this.#nameless = made;
    else this.#byCall.set(callId, made);
    return made;
  }

  #other(
    step: Step,
    source: 'system' | 'user',
    message: string | ContentPart[],
    extra?: { [key: string]: Json },
  ): void {
    this.#nameless = null;
    this.#out.push({
      step_id: 0,
      ...(step.timestamp === null ? {} : { timestamp: step.timestamp }),
      source,
      message,
      ...(extra === undefined ? {} : { extra }),
    });
  }

  #call(step: Extract<Step, { type: 'tool_call' }>): void {
    const agent = this.#agent(step);
    agent.tool_calls ??= [];
    // Ids count within a step; a second call of one id is told under another.
    const taken = agent.tool_calls.filter(({ tool_call_id }) => tool_call_id.startsWith(step.tool_call_id)).length;
    const tool_call_id = taken === 0 ? step.tool_call_id : `${step.tool_call_id}#${taken + 1}`;
    agent.tool_calls.push({
      tool_call_id,
      function_name: step.name,
      arguments: argumentsOf(step.arguments),
      ...(step.server === true ? { extra: { server: true } } : {}),
    });
    this.#asked.set(step.tool_call_id, agent);
    this.#places.set(step.step_id, {
      result: () => resultOf(agent, tool_call_id) ?? addResult(agent, { source_call_id: tool_call_id }),
    });
  }

  #result(step: Extract<Step, { type: 'tool_result' }>): void {
    this.#nameless = null;
    const asked = step.tool_call_id === null ? undefined : this.#asked.get(step.tool_call_id);
    const result: StepResult = {
      content: resultContent(step.result),
      ...(step.is_error === true ? { extra: { is_error: true } } : {}),
    };
    if (asked !== undefined) addResult(asked, { source_call_id: step.tool_call_id as string, ...result });
    else {
      this.#other(step, 'system', '');
      addResult(this.#out.at(-1) as TrajectoryStep, result);
    }
  }
}

function addResult(step: TrajectoryStep, result: StepResult): StepResult {
  step.observation ??= { results: [] };
  step.observation.results.push(result);
  return result;
}

function resultOf(step: TrajectoryStep, id: string): StepResult | undefined {
  return step.observation?.results.find(({ source_call_id }) => source_call_id === id);
}

function joined(before: string, text: string): string {
  return before === '' ? text : `${before}\n\n${text}`;
}

function argumentsOf(value: Json): { [name: string]: Json } {
  if (isObject(value)) return value as { [name: string]: Json };
  return value === null || value === '' ? {} : { input: value };
}

function resultContent(value: Json): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.length > 0) {
    const texts = value.map((part) => (isObject(part) && typeof part.text === 'string' ? part.text : null));
    if (texts.every((text) => text !== null)) return texts.join('\n');
  }
  return JSON.stringify(value);
}

type MessageStep = Extract<Step, { type: 'message' }>;

function messageContent({ content, media = [] }: MessageStep): string | ContentPart[] {
  const images = media.flatMap(({ media: kind, media_type, url }): ContentPart[] => {
    const type = imageTypes.find((each) => each === media_type);
    if (kind !== 'image' || type === undefined || url === undefined || !/^https?:/.test(url)) return [];
    return [{ type: 'image', source: { media_type: type, path: url } }];
  });
  return images.length === 0 ? content : [{ type: 'text', text: content }, ...images];
}

/** What was shown and cannot stand in the message: its kind, size and hash. */
function mediaExtra({ media, role }: MessageStep): { [key: string]: Json } | undefined {
  const extra = {
    ...(media === undefined ? {} : { media: media as unknown as Json }),
    ...(role === 'user' || role === 'system' ? {} : { role }),
  };
  return Object.keys(extra).length === 0 ? undefined : extra;
}

function metricsOf({ usage, cost_usd }: Call, tokens: readonly TokenLogprob[]): Metrics {
  const ids = tokens.flatMap(({ token_id }) => token_id ?? []);
  const logprobs = tokens.flatMap(({ logprob }) => logprob ?? []);
  return {
    ...(usage?.input_tokens === undefined ? {} : { prompt_tokens: usage.input_tokens }),
    ...(usage?.output_tokens === undefined ? {} : { completion_tokens: usage.output_tokens }),
    ...(usage?.cached_input_tokens === undefined ? {} : { cached_tokens: usage.cached_input_tokens }),
    ...(cost_usd === null ? {} : { cost_usd }),
    ...(tokens.length > 0 && ids.length === tokens.length ? { completion_token_ids: ids } : {}),
    ...(tokens.length > 0 && logprobs.length === tokens.length ? { logprobs } : {}),
  };
}

import { SluiceError } from '../../shared/errors.js';
import type { Bypass, Page, TraceSummary } from '../../shared/model/index.js';
import { writeCaBundle } from '../capture/launch/ca-bundle.js';
import { runCommand as launch } from '../capture/launch/run-command.js';
import { jsonListId } from '../ground/derived-ids.js';
import { eachAtOnce } from '../ground/each-at-once.js';
import { type How, hashOf, type Prompt } from './prompts.js';
import type { RunHost } from './run-host.js';

export interface GenerateOrder {
  how: How;
  prompts: readonly Prompt[];
  /** How often each is run. */
  times: number;
  scenario: string | null;
  /** Another name runs the same prompts anew. */
  batch: string;
  /** US dollars; null: nothing limits it. */
  budget: number | null;
  atOnce: number;
}

/** One prompt, run once. */
export interface Generated {
  prompt_id: string;
  prompt: string;
  /** 1 for the first time. */
  time: number;
  /** `there`: an earlier call has run it; `failed`: no trace came of it, or the model did not answer. */
  state: 'ran' | 'there' | 'failed';
  trace_ids: string[];
  /** Of the command; null for a model, and where none was noted. */
  exit_code: number | null;
  /** Null where nobody knows the prices. */
  cost_usd: number | null;
  error: { code: string; message: string } | null;
}

export interface GenerateReport {
  prompts: number;
  ran: number;
  there: number;
  failed: number;
  traces: number;
  /** Of all that are named here; null where one of them is not known. */
  cost_usd: number | null;
  /** Why it ended before all were run. */
  stopped: 'budget' | 'asked' | 'failing' | null;
  items: Generated[];
}

/** So many failures of a model one behind the other end it: the next would fail too. */
const mostFailures = 5;
/** What fails here fails for every prompt. */
const failsAll = new Set([
  'usage',
  'model_not_agreed',
  'model_profile_missing',
  'model_key_missing',
  'model_key_invalid',
  'model_price_unknown',
  'model_unauthorized',
]);

/**
 * Runs each prompt through a proxy of its own, so that its traces carry the prompt's id and the mode SIMULATION. What has its trace
 * is not run again: the store says so, whoever was killed before.
 */
export async function generate(
  host: RunHost,
  order: GenerateOrder,
  { signal, progress }: { signal: AbortSignal; progress(done: number, of: number, item: Generated): void },
): Promise<GenerateReport> {
  const { how, prompts, times, batch, budget, atOnce } = order;
  const way = 'command' in how ? how.command : [how.profile, how.max_tokens, how.temperature];
  const account = jsonListId(0, 'generate', JSON.stringify([batch, way, prompts, times]));
  const bundlePath = 'command' in how ? writeCaBundle(host.caPath) : '';
  const items: Generated[] = [];
  const total = prompts.length * times;
  let failing = 0;
  let stopped: GenerateReport['stopped'] = null;

  function done(item: Generated): void {
    items.push(item);
    failing = item.error === null ? 0 : failing + 1;
    if (failing >= mostFailures) stopped ??= 'failing';
    progress(items.length, total, item);
  }

  async function one(at: number): Promise<void> {
    const prompt = prompts[at % prompts.length] as Prompt;
    const time = Math.floor(at / prompts.length) + 1;
    const named = { prompt_id: prompt.prompt_id, prompt: prompt.prompt, time };
    const base = `generate-${hashOf([batch, way, prompt, time])}`;
    // Each attempt has a session of its own: what was cut off before stays as it is.
    let attempt = 1;
    for (let before = await tracesOf(host, `${base}-1`); before.length > 0; ) {
      if (before.some(isWhole)) return done({ ...named, state: 'there', ...outcomeOf(before), error: null });
      attempt += 1;
      before = await tracesOf(host, `${base}-${attempt}`);
    }
    const session = `${base}-${attempt}`;
    if ('command' in how && budget !== null && spent(items) >= budget) {
      stopped = 'budget';
      return;
    }
    const { run_id, proxy } = await host.start({
      session,
      scenario: order.scenario,
      mode: 'SIMULATION',
      prompt_id: prompt.prompt_id,
      profile: 'profile' in how ? how.profile : null,
      consent: null,
      trace_output: null,
    });
    let error: unknown = null;
    let exitCode: number | null = null;
    let bypassed: Bypass[] = [];
    let said: number | null = null;
    try {
      if ('command' in how) {
        const command = how.command.map((word) => word.replaceAll('{prompt}', () => prompt.prompt));
        const target = { proxy, caPath: host.caPath, bundlePath };
        // Its output belongs to nobody's report.
        ({ code: exitCode, bypassed } = await launch(command, target, {
          stdio: ['ignore', process.stderr, 'inherit'],
        }));
      } else {
        const { max_tokens, temperature } = how;
        const asked = { prompt: prompt.prompt, system: prompt.system, max_tokens, temperature };
        ({ cost_usd: said } = await host.ask(run_id, { ...asked, account, budget_usd: budget }));
        exitCode = 0;
      }
    } catch (thrown) {
      error = thrown;
    }
    // Whoever was told to end has not ended by itself.
    const over = signal.aborted && exitCode !== 0 ? null : exitCode;
    const { trace_ids } = await host.end(run_id, bypassed, over);
    if (error !== null) {
      if (!(error instanceof SluiceError)) throw error;
      if (error.code === 'model_budget_used') {
        stopped = 'budget';
        return;
      }
      if (failsAll.has(error.code)) throw error;
    }
    if (signal.aborted && over === null) return;
    const traces = (await tracesOf(host, session)).filter(({ trace_id }) => trace_ids.includes(trace_id));
    const outcome = { ...outcomeOf(traces), trace_ids, ...('command' in how ? {} : { exit_code: null }) };
    const failed = error instanceof SluiceError ? { code: error.code, message: error.message } : null;
    const none = { code: 'no_trace', message: 'Nothing of it came through the proxy.' };
    done({
      ...named,
      state: failed !== null || trace_ids.length === 0 ? 'failed' : 'ran',
      ...outcome,
      ...(said === null ? {} : { cost_usd: said }),
      ...('command' in how ? { exit_code: exitCode } : {}),
      error: failed ?? (trace_ids.length === 0 ? none : null),
    });
    if ('command' in how && budget !== null && outcome.cost_usd === null && trace_ids.length > 0)
      throw new SluiceError('model_price_unknown', 'Nobody says what the models of these traces cost.');
  }

  const numbers = Array.from({ length: total }, (_, at) => at);
  await eachAtOnce(numbers, atOnce, async (at) => {
    if (stopped === null && !signal.aborted) await one(at);
  });
  if (signal.aborted && items.length < total) stopped ??= 'asked';
  const number = (state: Generated['state']) => items.filter((item) => item.state === state).length;
  return {
    prompts: prompts.length,
    ran: number('ran'),
    there: number('there'),
    failed: number('failed'),
    traces: new Set(items.flatMap(({ trace_ids }) => trace_ids)).size,
    cost_usd: items.every(({ cost_usd }) => cost_usd !== null) ? spent(items) : null,
    stopped,
    items,
  };
}

/** Traces of one attempt at a prompt. */
async function tracesOf(host: RunHost, session: string): Promise<TraceSummary[]> {
  const query = encodeURIComponent(`session:${session}`);
  return ((await host.call('GET', `/traces?query=${query}&limit=200`)) as Page<TraceSummary>).items;
}

/** Its run has ended, or its answer is whole. */
function isWhole({ completion_status, metadata }: TraceSummary): boolean {
  return completion_status === 'completed' || typeof metadata?.['exit_code'] === 'number';
}

function outcomeOf(traces: TraceSummary[]): Pick<Generated, 'trace_ids' | 'exit_code' | 'cost_usd'> {
  const whole = traces.filter(isWhole);
  const code = whole[0]?.metadata?.['exit_code'];
  return {
    trace_ids: whole.map(({ trace_id }) => trace_id).sort(),
    exit_code: typeof code === 'number' ? code : null,
    cost_usd: whole.every(({ cost_usd }) => cost_usd !== null) ? sum(whole) : null,
  };
}

const spent = (items: readonly { cost_usd: number | null }[]) => Math.round(sum(items) * 1e8) / 1e8;
const sum = (items: readonly { cost_usd: number | null }[]) =>
  items.reduce((total, { cost_usd }) => total + (cost_usd ?? 0), 0);

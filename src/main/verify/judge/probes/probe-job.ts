import * as z from 'zod';
import { SluiceError } from '../../../../shared/errors.js';
import { uuidv7 } from '../../../../shared/ids.js';
import {
  idSchema,
  judgeOptionsSchema,
  type ProbeResult,
  probeKindSchema,
  probeResultSchema,
  toIso,
} from '../../../../shared/model/index.js';
import { isBudgetUsed } from '../../../ground/asking.js';
import { createBudget } from '../../../ground/budget.js';
import type { JobControl, JobKind } from '../../../ground/job-kind.js';
import type { JudgeTools } from '../judge-job.js';
import { rounded } from '../rubrics/parse.js';
import { smallTraces } from './cases.js';
import type { WrongSibling } from './probe.js';
import { probes } from './probe-kinds.js';

const paramsSchema = z.object({
  profile: z.string(),
  rubric: z.string(),
  kinds: z.array(probeKindSchema),
  query: z.string(),
  most: z.int(),
  budget_usd: judgeOptionsSchema.shape.budget_usd,
});
const resultSchema = z.object({
  probes: z.array(probeResultSchema),
  /** Why it ended before all probes were made; null where they were. */
  stopped: z.enum(['budget']).nullable(),
});
type Params = z.infer<typeof paramsSchema>;
type Result = z.infer<typeof resultSchema>;

export interface ProbeTools extends JudgeTools {
  saveProbe(result: ProbeResult): Promise<void>;
  /** Siblings that go wrong of those of these traces that somebody can make some of. */
  siblings(traceIds: string[], signal: AbortSignal): Promise<WrongSibling[]>;
}

const checkpointSchema = z.object({ done: z.array(probeResultSchema), account: idSchema });

/** Jobs that probe a judge, a kind at a time; a run that was cut off goes on with the kind that it was at, whose answers are cached. */
export function probeKind(tools: ProbeTools): JobKind<Params, Result> {
  return {
    id: 'judge-probe',
    title: 'Probing a judge',
    params: paramsSchema,
    result: resultSchema,
    lane: 'io',
    atOnce: 1,
    run: (params, control) => run(params, control, tools),
  };
}

async function run(params: Params, control: JobControl, tools: ProbeTools): Promise<Result> {
  const { profile, kinds, budget_usd } = params;
  const rubric = tools.rubric(params.rubric);
  const good = goodTraces(params, tools);
  const ofStore = params.query === '' || !kinds.includes('faults') ? [] : good.map(({ trace_id }) => trace_id);
  const siblings = ofStore.length === 0 ? [] : await tools.siblings(ofStore, control.signal);
  const resumed = checkpointSchema.safeParse(control.resumed).data;
  const done: ProbeResult[] = resumed?.done ?? [];
  const account = resumed?.account ?? uuidv7();
  const spent = tools.spent(account);
  const budget = budget_usd === null ? undefined : createBudget(budget_usd, (spent.cost_usd ?? 0) + spent.unheard_usd);
  for (const [index, kind] of kinds.entries()) {
    if (done.some((each) => each.kind === kind)) continue;
    control.checkpoint({ done, account });
    let [cost, cached]: [number | null, number] = [0, 0];
    const ended = new AbortController();
    const probing = {
      judging: tools,
      siblings,
      rubric,
      profile,
      account,
      ...(budget === undefined ? {} : { budget }),
      signal: AbortSignal.any([control.signal, ended.signal]),
      told(usd: number | null, wasCached: boolean) {
        cost = cost === null || usd === null ? null : rounded(cost + usd);
        if (wasCached) cached += 1;
      },
    };
    try {
      const found = await probes[kind](probing, good, (at, of) =>
        control.progress((index + (of === 0 ? 1 : at / of)) / kinds.length, `${kind}: ${at} of ${of}`, {
          done: at,
          total: of,
          unit: 'cases',
        }),
      );
      const { id, version } = rubric.rubric;
      const at = toIso(Date.now() * 1000);
      const model = tools.modelOf(profile);
      const result = { kind, profile, model, rubric: id, version, ...found, cost_usd: cost, cached, at };
      await tools.saveProbe(result);
      done.push(result);
    } catch (error) {
      ended.abort(error);
      control.signal.throwIfAborted();
      if (!isBudgetUsed(error)) throw error;
      control.log(`Stopped at ${kind}: ${error.message}`, 'warn');
      return { probes: done, stopped: 'budget' };
    }
  }
  tools.changed();
  return { probes: done, stopped: null };
}

function goodTraces({ query, most }: Params, tools: ProbeTools) {
  if (query === '') return smallTraces().good;
  const { items } = tools.traces({ query, limit: Math.min(most, 200), cursor: null });
  const traces = items.flatMap(({ trace_id }) => tools.trace(trace_id) ?? []);
  if (traces.length > 0) return traces;
  throw new SluiceError('validation_failed', 'The query finds no traces to plant faults into.', [
    { path: 'query', message: 'finds nothing' },
  ]);
}

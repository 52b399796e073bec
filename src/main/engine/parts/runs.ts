import { createHash, randomBytes } from 'node:crypto';
import type { runsContract } from '../../../shared/contract/engine.js';
import type { Handlers } from '../../../shared/contract/operation.js';
import { found, SluiceError } from '../../../shared/errors.js';
import { uuidv7 } from '../../../shared/ids.js';
import {
  type Bypass,
  type HeaderList,
  modeHeader,
  promptHeader,
  type Status,
  scenarioHeader,
  toIso,
} from '../../../shared/model/index.js';
import { createBudget } from '../../ground/budget.js';
import type { Budget } from '../../ground/language-model.js';
import { processAlive } from '../../ground/process-alive.js';
import { validateTraces } from '../../validate/index.js';
import type { EngineContext } from '../context.js';
import { runSummaryStep } from '../run-summary.js';
import type { ConsentPart } from './consent.js';
import type { ModelsPart } from './models.js';
import type { OutputsPart } from './outputs.js';

/** So many traces of a run are checked at its end. */
const mostValidated = 1000;
/** So many connections past the proxy are remembered. */
const mostBypassed = 200;
/** How often the processes of runs are looked for. */
const lookEveryMs = 2000;
/** Milliseconds for one answer to a prompt. */
const answerMs = 10 * 60_000;
/** Characters, as the status promises. */
const longestWord = 64;

interface Run {
  session: string;
  from: string;
  pid: number | null;
  profile: string | null;
  credential: string;
  port: number;
}

export type RunsPart = ReturnType<typeof runsPart>;

/** Commands that `sluice run` captures. */
export function runsPart(
  context: EngineContext,
  consent: Pick<ConsentPart, 'applyToRun'>,
  outputs: Pick<OutputsPart, 'open' | 'close'>,
  { say, profiles }: Pick<ModelsPart, 'say' | 'profiles'>,
) {
  const { redactor, work, threads, typed, log, reader } = context;
  const runs = new Map<string, Run>();
  /** Of accounts that something is asked for just now. */
  const budgets = new Map<string, { budget: Budget; users: number }>();
  const ended = new AbortController();
  const bypassed: Status['bypassed'] = [];

  /** Whoever names a process chooses these words: they pass the gate like all that is shown. */
  const clean = (seen: Status['bypassed'][number]) => ({
    ...seen,
    command: redactor.text(seen.command).text.slice(0, longestWord),
    address: redactor.text(seen.address).text.slice(0, longestWord),
  });

  const start: Handlers<typeof runsContract>['start'] = async ({
    session,
    scenario,
    mode,
    prompt_id,
    profile,
    consent: consentPatch,
    pid,
    host: wantedHost,
    port: wanted,
    trace_output,
  }) => {
    // This process asks it too.
    const host = wantedHost ?? (profile === null ? null : '127.0.0.1');
    if (profile !== null) profiles.refuseUnready(profile, false);
    const upstreams: { [name: string]: string } = profile === null ? {} : { profile: profiles.get(profile).base_url };
    const runId = uuidv7();
    const name = session === null ? newName() : await typed.clean(session, 'name');
    await consent.applyToRun(name, consentPatch);
    const credential = randomBytes(24).toString('base64url');
    const hash = createHash('sha256').update(credential).digest('hex');
    if (trace_output !== null) await outputs.open(runId, trace_output, name);
    const port = await threads
      .openRun(runId, {
        session: name,
        noted: notedAs(scenario, mode, prompt_id),
        upstreams,
        credential: hash,
        host,
        port: wanted,
      })
      .catch(async (error) => {
        await outputs.close(runId);
        throw error;
      });
    runs.set(runId, { session: name, from: toIso(Date.now() * 1000), pid, profile, credential, port });
    return { run_id: runId, proxy: withCredential(context.proxyUrl(port, host), credential) };
  };

  /** What an account has left, shared by all that is asked for it at the same time. */
  async function within<T>(account: string, limit: number | null, work: (budget?: Budget) => Promise<T>): Promise<T> {
    if (limit === null) return work();
    const own = budgets.get(account) ?? { budget: createBudget(limit, spentOf(account)), users: 0 };
    budgets.set(account, own);
    own.users += 1;
    try {
      return await work(own.budget);
    } finally {
      own.users -= 1;
      if (own.users === 0) budgets.delete(account);
    }
  }

  function spentOf(account: string): number {
    const { cost_usd, unheard_usd } = reader.modelSpent(account);
    return (cost_usd ?? 0) + unheard_usd;
  }

  const ask: Handlers<typeof runsContract>['ask'] = async (asked) => {
    const run = found(runs.get(asked.run_id) ?? null, 'run');
    const { profile, port, credential } = run;
    if (profile === null) throw new SluiceError('usage', 'The run has no profile: start it with one.');
    const route = {
      base_url: `http://127.0.0.1:${port}/profile`,
      headers: { 'proxy-authorization': `Basic ${Buffer.from(`run:${credential}`).toString('base64')}` },
      fetch,
    };
    const { prompt, system, max_tokens, temperature, account, budget_usd } = asked;
    const messages = [
      ...(system === null ? [] : [{ role: 'system' as const, content: redactor.text(system).text }]),
      { role: 'user' as const, content: redactor.text(prompt).text },
    ];
    const answer = await within(account, budget_usd, (budget) =>
      say(
        {
          ...{
            profile,
            messages,
            max_tokens,
            account,
            timeout_ms: answerMs,
            purpose: 'generate',
            signal: ended.signal,
          },
          ...(temperature === null ? {} : { temperature }),
          ...(budget === undefined ? {} : { budget }),
        },
        route,
      ),
    );
    if (answer.reply === null) {
      const { cost_usd } = answer;
      throw new SluiceError('model_answer_invalid', `The model gave no answer: ${answer.unparsed}.`, { cost_usd });
    }
    return { text: answer.reply, model: answer.model, cost_usd: answer.cost_usd };
  };

  async function endRun(runId: string, seenPast: Bypass[], exitCode: number | null) {
    const run = found(runs.get(runId) ?? null, 'run');
    runs.delete(runId);
    bypassed.push(...seenPast.map(clean));
    if (bypassed.length > mostBypassed) bypassed.splice(0, bypassed.length - mostBypassed);
    await threads.closeRun(runId);
    await context.stored();
    await consent.applyToRun(run.session, null);
    const { session, from } = run;
    const summary = await work.step(runSummaryStep, { session, from }, {});
    await context.commands.endRunning(summary.trace_ids, exitCode ?? undefined);
    const trace_output = await outputs.close(runId);
    const checked = summary.trace_ids.slice(0, mostValidated);
    return { ...summary, trace_output, validation: await work.step(validateTraces, { trace_ids: checked }, {}) };
  }

  /** Whoever was killed cannot say that its run is over. */
  function endGone(): void {
    for (const [runId, { pid }] of runs) {
      if (pid === null || processAlive(pid)) continue;
      endRun(runId, [], null).then(
        () => log.warn({ run_id: runId }, 'run_abandoned'),
        (error: Error) => log.error({ run_id: runId, name: error.name }, 'run_end_failed'),
      );
    }
  }

  let timer: NodeJS.Timeout | undefined;
  return {
    id: 'runs',
    services: {
      runs: {
        start,
        ask,
        end: ({ run_id, bypassed, exit_code }) => endRun(run_id, bypassed, exit_code),
      } satisfies Handlers<typeof runsContract>,
    },
    bypassed: () => [...bypassed],
    begin() {
      timer = setInterval(endGone, lookEveryMs);
    },
    end() {
      clearInterval(timer);
      ended.abort();
    },
  };
}

function notedAs(scenario: string | null, mode: string | null, promptId: string | null): HeaderList {
  const said: [string, string | null][] = [
    [scenarioHeader, scenario],
    [modeHeader, mode],
    [promptHeader, promptId],
  ];
  return said.flatMap(([name, value]) => (value === null ? [] : [[name, value] as [string, string]]));
}

/** A proxy that is reached off loopback asks who comes; on loopback some clients stumble over credentials that nobody asks for. */
function withCredential(proxy: string, credential: string): string {
  const url = new URL(proxy);
  return /^(127\.|localhost$|\[::1\]$)/.test(url.hostname) ? proxy : `http://run:${credential}@${url.host}`;
}

/** `run-20261121-093015-4f2a`, UTC. */
function newName(): string {
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return `run-${time}-${randomBytes(2).toString('hex')}`;
}

import { createHash, randomBytes } from 'node:crypto';
import type { runsContract } from '../../../shared/contract/engine.js';
import type { Handlers } from '../../../shared/contract/operation.js';
import { found } from '../../../shared/errors.js';
import { uuidv7 } from '../../../shared/ids.js';
import {
  type Bypass,
  type HeaderList,
  modeHeader,
  type Status,
  scenarioHeader,
  toIso,
} from '../../../shared/model/index.js';
import { processAlive } from '../../ground/process-alive.js';
import { validateTraces } from '../../validate/index.js';
import type { EngineContext } from '../context.js';
import { runSummaryStep } from '../run-summary.js';
import type { ConsentPart } from './consent.js';
import type { OutputsPart } from './outputs.js';

/** So many traces of a run are checked at its end. */
const mostValidated = 1000;
/** So many connections past the proxy are remembered. */
const mostBypassed = 200;
/** How often the processes of runs are looked for. */
const lookEveryMs = 2000;
/** Characters, as the status promises. */
const longestWord = 64;

export type RunsPart = ReturnType<typeof runsPart>;

/** Commands that `sluice run` captures. */
export function runsPart(
  context: EngineContext,
  consent: Pick<ConsentPart, 'applyToRun'>,
  outputs: Pick<OutputsPart, 'open' | 'close'>,
) {
  const { redactor, work, threads, typed, log } = context;
  const runs = new Map<string, { session: string; from: string; pid: number | null }>();
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
    consent: consentPatch,
    pid,
    host,
    port: wanted,
    trace_output,
  }) => {
    const runId = uuidv7();
    const name = session === null ? newName() : await typed.clean(session, 'name');
    await consent.applyToRun(name, consentPatch);
    const credential = randomBytes(24).toString('base64url');
    const hash = createHash('sha256').update(credential).digest('hex');
    if (trace_output !== null) await outputs.open(runId, trace_output, name);
    const port = await threads
      .openRun(runId, { session: name, noted: notedAs(scenario, mode), credential: hash, host, port: wanted })
      .catch(async (error) => {
        await outputs.close(runId);
        throw error;
      });
    runs.set(runId, { session: name, from: toIso(Date.now() * 1000), pid });
    return { run_id: runId, proxy: withCredential(context.proxyUrl(port, host), credential) };
  };

  async function endRun(runId: string, seenPast: Bypass[]) {
    const run = found(runs.get(runId) ?? null, 'run');
    runs.delete(runId);
    bypassed.push(...seenPast.map(clean));
    if (bypassed.length > mostBypassed) bypassed.splice(0, bypassed.length - mostBypassed);
    await threads.closeRun(runId);
    await context.stored();
    await consent.applyToRun(run.session, null);
    const { session, from } = run;
    const summary = await work.step(runSummaryStep, { session, from }, {});
    await context.commands.endRunning(summary.trace_ids);
    const trace_output = await outputs.close(runId);
    const checked = summary.trace_ids.slice(0, mostValidated);
    return { ...summary, trace_output, validation: await work.step(validateTraces, { trace_ids: checked }, {}) };
  }

  /** Whoever was killed cannot say that its run is over. */
  function endGone(): void {
    for (const [runId, { pid }] of runs) {
      if (pid === null || processAlive(pid)) continue;
      endRun(runId, []).then(
        () => log.warn({ run_id: runId }, 'run_abandoned'),
        (error: Error) => log.error({ run_id: runId, name: error.name }, 'run_end_failed'),
      );
    }
  }

  let timer: NodeJS.Timeout | undefined;
  return {
    id: 'runs',
    services: {
      runs: { start, end: ({ run_id, bypassed }) => endRun(run_id, bypassed) } satisfies Handlers<typeof runsContract>,
    },
    bypassed: () => [...bypassed],
    begin() {
      timer = setInterval(endGone, lookEveryMs);
    },
    end: () => clearInterval(timer),
  };
}

function notedAs(scenario: string | null, mode: string | null): HeaderList {
  return [
    ...(scenario === null ? [] : [[scenarioHeader, scenario] as [string, string]]),
    ...(mode === null ? [] : [[modeHeader, mode] as [string, string]]),
  ];
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

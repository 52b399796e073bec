import type { listsContract, liveContract, statusContract } from '../../../shared/contract/engine.js';
import type { Handlers } from '../../../shared/contract/operation.js';
import type { Health, Status } from '../../../shared/model/index.js';
import type { EngineContext } from '../context.js';
import { listTitles } from '../lists.js';
import { healthReasons, watchReasons } from '../live/health.js';
import { watchLoopDelay } from '../live/loop-delay.js';
import type { IntakePart } from './intake.js';
import type { RunsPart } from './runs.js';

interface Dependencies {
  runs: Pick<RunsPart, 'bypassed'>;
  intake: Pick<IntakePart, 'backpressure'>;
}

/** How the engine is: what works, what was lost, what is under way, and how its lists call their entries. */
export function statusPart(context: EngineContext, { runs, intake }: Dependencies) {
  const { options, threads, observed, losses, live, tick } = context;
  const { captured, piped } = threads;
  const reasons = () => healthReasons({ captured, piped, policyProblems: () => live.state().problems });

  const health = (): Health => ({
    status: reasons().length === 0 ? 'healthy' : 'degraded',
    reasons: reasons(),
    version: options.version,
    uptime_s: Math.round((performance.now() - context.startedAt) / 1000),
    exchanges: {
      seen: captured.get('seen'),
      stored: piped.get('stored'),
      pending: threads.pending(),
      undecoded: piped.get('undecoded'),
      failed: captured.get('failed'),
    },
    losses: {
      journal_errors: captured.get('journal_errors'),
      damaged: piped.get('damaged'),
      bodies_lost: piped.get('bodies_lost'),
      quarantined: piped.get('quarantined'),
      client_protocol_errors: captured.get('client_protocol_errors'),
    },
    earlier_losses: losses.earlier(),
  });
  const whole = (): Status => ({
    ...health(),
    pid: process.pid,
    data_dir: context.folder.root,
    proxy: context.addresses.proxy(),
    api: context.addresses.api,
    ca_path: context.ca.certPath,
    node: process.version,
    demo: options.demo !== undefined,
    command: context.commandLine,
    capture: {
      in_flight: captured.get('in_flight'),
      tunnels_open: captured.get('tunnels_open'),
      tunnelled: captured.get('tunnelled'),
      bytes_in: captured.get('bytes_in'),
      bytes_out: captured.get('bytes_out'),
      aborted: captured.get('aborted'),
      truncated: captured.get('truncated'),
      journal_bytes: captured.get('journal_bytes'),
      unknown_events: piped.get('unknown_events'),
      format_errors: piped.get('format_errors'),
      rule_errors: piped.get('rule_errors'),
    },
    backpressure: intake.backpressure(),
    first_exchange_at: observed.firstExchange(),
    refusals: observed.refusals(),
    bypassed: runs.bypassed(),
    policy_problems: live.state().problems,
    restarts: { capture: threads.capture.restarts(), pipeline: threads.pipeline.restarts() },
  });

  const loop = watchLoopDelay();
  let endWatch = () => {};
  const status: Handlers<typeof statusContract> = {
    get: whole,
    acknowledgeLosses() {
      const acknowledged = losses.acknowledge();
      tick(['health']);
      return { acknowledged };
    },
  };
  const lists: Handlers<typeof listsContract> = { titles: () => listTitles };
  const flights: Handlers<typeof liveContract> = { inFlight: observed.inFlight };
  return {
    id: 'status',
    services: {
      status,
      lists,
      live: flights,
      figures: { health, status: whole, loopDelay: loop.longest },
      ticks: { listen: context.onTick },
    },
    begin(): void {
      endWatch = watchReasons(reasons, () => tick(['health']));
    },
    end(): void {
      endWatch();
      loop.close();
    },
  };
}

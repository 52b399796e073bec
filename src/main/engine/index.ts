import { bindOperations, type Operations, type Services } from '../api/index.js';
import { createLogger } from '../home/log.js';
import { type EngineOptions, openContext, type ReadyInfo, refuseWhenAsked } from './context.js';
import { openDomains } from './domains.js';
import { createLifecycle } from './lifecycle.js';
import { type EnginePart, jobsOf, servicesOf } from './part.js';
import { apiPart } from './parts/api.js';
import { capturePart } from './parts/capture.js';
import { demoPart } from './parts/demo.js';
import { jobsPart } from './parts/jobs.js';

export type { ReadyInfo } from './context.js';

export interface Engine {
  ready: ReadyInfo;
  /** What it can be asked for, by whoever runs it in his own process. */
  operations: Operations;
  intake: Services['intake'];
  /** Finishes open responses up to the grace time, stores what is in the journal, gives the folder back. */
  stop(): Promise<void>;
}

/** Starts everything on one data folder: threads, store, API. Rejects with a SluiceError that says what to do. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const log = createLogger(undefined, options.log);
  const lifecycle = createLifecycle((step, reason) => log.warn({ step, reason }, 'stop_step'));
  function made<P extends EnginePart>(part: P): P {
    if (part.end)
      lifecycle.opened(
        part.id,
        () => part.end?.(),
        () => part.endMs ?? 5000,
      );
    return part;
  }
  try {
    const context = await openContext(options, log, lifecycle);
    // Ended in the reverse order: traffic first, then whoever asks, then what works, at last what was captured is stored.
    const { outputs, webhooks, domains } = await openDomains(context, made);
    const jobs = made(jobsPart(context, jobsOf(domains), webhooks.onJob));
    const services: Services = servicesOf([...domains, jobs]);
    const operations = bindOperations(services, services.audit);
    const last = [made(apiPart(context, operations, services)), made(demoPart(context)), made(capturePart(context))];
    const parts: EnginePart[] = [outputs, ...domains, jobs, ...last];
    for (const part of parts) {
      refuseWhenAsked(options.signal);
      await part.begin?.();
    }
    refuseWhenAsked(options.signal);
    return { ready: context.ready(), operations, intake: services.intake, stop: lifecycle.end };
  } catch (error) {
    await lifecycle.end();
    throw error;
  }
}

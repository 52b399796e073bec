import { join } from 'node:path';
import type { Services } from '../api/services.js';
import { createLogger } from '../home/log.js';
import { type EngineOptions, openContext, refuseWhenAsked } from './context.js';
import { createLifecycle } from './lifecycle.js';
import { type EnginePart, jobsOf, servicesOf } from './part.js';
import { apiPart } from './parts/api.js';
import { capturePart } from './parts/capture.js';
import { consentPart } from './parts/consent.js';
import { datasetsPart } from './parts/datasets.js';
import { demoPart } from './parts/demo.js';
import { intakePart } from './parts/intake.js';
import { jobsPart } from './parts/jobs.js';
import { policyPart } from './parts/policy.js';
import { privacyPart } from './parts/privacy.js';
import { runsPart } from './parts/runs.js';
import { settingsPart } from './parts/settings.js';
import { statusPart } from './parts/status.js';
import { storePart } from './parts/store.js';
import { validationPart } from './parts/validation.js';

/** What `serve --json` prints. */
export interface ReadyInfo {
  ready: true;
  proxy: string;
  api: string;
  ui: string;
  token: string;
  ca: string;
  data_dir: string;
  pid: number;
}

export interface Engine {
  ready: ReadyInfo;
  services: Services;
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
    const store = made(storePart(context));
    const consent = made(consentPart(context));
    const settings = made(settingsPart(context, consent));
    const validation = made(validationPart(context));
    const datasets = made(await datasetsPart(context));
    const intake = made(intakePart(context, consent));
    const policy = made(policyPart(context));
    const privacy = made(privacyPart(context));
    const runs = made(runsPart(context, consent));
    const status = made(statusPart(context, { runs, intake }));
    const domains = [store, consent, settings, validation, datasets, intake, policy, privacy, runs, status];
    const jobs = made(jobsPart(context, jobsOf(domains)));
    const services: Services = servicesOf([...domains, jobs]);
    const last = [made(apiPart(context, services)), made(demoPart(context)), made(capturePart(context))];
    const parts: EnginePart[] = [...domains, jobs, ...last];
    for (const part of parts) {
      refuseWhenAsked(options.signal);
      await part.begin?.();
    }
    refuseWhenAsked(options.signal);
    return { ready: context.ready(), services, stop: lifecycle.end };
  } catch (error) {
    await lifecycle.end();
    throw error;
  }
}

/** Default entries for code that was built into one folder. */
export function builtThreads(folder: string): EngineOptions['threads'] {
  return {
    capture: new URL(`file://${join(folder, 'capture-thread.js')}`),
    pipeline: new URL(`file://${join(folder, 'pipeline-thread.js')}`),
    reading: new URL(`file://${join(folder, 'reading-thread.js')}`),
    work: new URL(`file://${join(folder, 'work-thread.js')}`),
    intake: new URL(`file://${join(folder, 'intake-thread.js')}`),
  };
}

import { bindOperations, type Operations, type Services } from '../api/index.js';
import { createLogger } from '../home/log.js';
import { type EngineOptions, openContext, type ReadyInfo, refuseWhenAsked } from './context.js';
import { createLifecycle } from './lifecycle.js';
import { type EnginePart, jobsOf, servicesOf } from './part.js';
import { apiPart } from './parts/api.js';
import { auditPart } from './parts/audit.js';
import { capturePart } from './parts/capture.js';
import { consentPart } from './parts/consent.js';
import { datasetsPart } from './parts/datasets.js';
import { demoPart } from './parts/demo.js';
import { exchangesPart } from './parts/exchanges.js';
import { findingsPart } from './parts/findings.js';
import { intakePart } from './parts/intake.js';
import { jobsPart } from './parts/jobs.js';
import { outputsPart } from './parts/outputs.js';
import { policyPart } from './parts/policy.js';
import { privacyPart } from './parts/privacy.js';
import { qualityPart } from './parts/quality.js';
import { renderPart } from './parts/render.js';
import { reviewPart } from './parts/review.js';
import { runsPart } from './parts/runs.js';
import { settingsPart } from './parts/settings.js';
import { statusPart } from './parts/status.js';
import { tracesPart } from './parts/traces.js';
import { validationPart } from './parts/validation.js';

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
    const outputs = made(outputsPart(context));
    const exchanges = made(exchangesPart(context));
    const audit = made(auditPart(context));
    const traces = made(tracesPart(context));
    const review = made(reviewPart(context));
    const consent = made(consentPart(context));
    const settings = made(settingsPart(context, consent));
    const validation = made(validationPart(context));
    const quality = made(qualityPart(context));
    const datasets = made(await datasetsPart(context));
    const render = made(renderPart(context));
    const intake = made(intakePart(context, consent));
    const policy = made(policyPart(context));
    const findings = made(findingsPart(context, policy));
    const privacy = made(privacyPart(context));
    const runs = made(runsPart(context, consent, outputs));
    const status = made(statusPart(context, { runs, intake }));
    const captured = [
      exchanges,
      audit,
      traces,
      review,
      consent,
      settings,
      validation,
      quality,
      datasets,
      render,
      intake,
    ];
    const domains = [...captured, policy, findings, privacy, runs, status];
    const jobs = made(jobsPart(context, jobsOf(domains)));
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

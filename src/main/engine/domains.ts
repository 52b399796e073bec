import type { EngineContext } from './context.js';
import type { EnginePart } from './part.js';
import { auditPart } from './parts/audit.js';
import { consentPart } from './parts/consent.js';
import { datasetsPart } from './parts/datasets.js';
import { exchangesPart } from './parts/exchanges.js';
import { expansionsPart } from './parts/expansions.js';
import { finalizePart } from './parts/finalize.js';
import { findingsPart } from './parts/findings.js';
import { intakePart } from './parts/intake.js';
import { judgePart } from './parts/judge.js';
import { modelsPart } from './parts/models.js';
import { oraclePart } from './parts/oracle.js';
import { oracleMeasuresPart } from './parts/oracle-measures.js';
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
import { verifyPart } from './parts/verify.js';
import { webhooksPart } from './parts/webhooks.js';

/**
 * What the engine can be asked about, one part a domain, in the order in which they begin; they end in the reverse order. `made`
 * takes each up before the next is made.
 */
export async function openDomains(context: EngineContext, made: <P extends EnginePart>(part: P) => P) {
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
  const verify = made(verifyPart(context));
  const privacy = made(privacyPart(context, verify));
  const models = made(modelsPart(context));
  const oracle = made(oraclePart(context, intake, models));
  const oracleMeasures = made(oracleMeasuresPart(context));
  const judge = made(judgePart(context, models));
  const expansions = made(expansionsPart(context, models));
  const finalize = made(finalizePart(context, { models, judge, verify }));
  const webhooks = made(webhooksPart(context));
  const runs = made(runsPart(context, consent, outputs, models));
  const status = made(statusPart(context, { runs, intake }));
  return {
    outputs,
    webhooks,
    domains: [
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
      oracle,
      oracleMeasures,
      policy,
      findings,
      privacy,
      models,
      judge,
      expansions,
      verify,
      finalize,
      webhooks,
      runs,
      status,
    ],
  };
}

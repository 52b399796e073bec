import { actsContract } from './acts.js';
import { consentContract, retentionContract } from './consent.js';
import { datasetsContract, exportsContract, leaksContract } from './datasets.js';
import {
  auditLogContract,
  captureHealthContract,
  listsContract,
  liveContract,
  runsContract,
  schemasContract,
  statusContract,
  validationContract,
} from './engine.js';
import { exchangesContract, toolCallsContract } from './exchanges.js';
import { expansionsContract } from './expansions.js';
import { filtersContract, queryContract } from './filters.js';
import { findingsContract } from './findings.js';
import { importsContract, watchesContract } from './intake.js';
import { jobsContract } from './jobs.js';
import { judgeContract, rubricsContract } from './judge.js';
import { comparisonsContract, labelsContract, suggestionsContract } from './labels.js';
import { modelsContract } from './models.js';
import type { Handlers } from './operation.js';
import { oracleContract } from './oracle.js';
import { oracleMeasuresContract } from './oracle-measures.js';
import { knownValuesContract, policyContract } from './policy.js';
import { privacyContract } from './privacy.js';
import { duplicatesContract, qualityContract } from './quality.js';
import { agreementContract, queuesContract } from './queues.js';
import { renderContract } from './render.js';
import { reviewsContract } from './reviews.js';
import { connectContract, settingsContract, tokensContract } from './settings.js';
import { tracesContract } from './traces.js';
import { qaContract } from './verify.js';
import { webhooksContract } from './webhooks.js';

/** Everything that the engine can be asked for, by domain and name. */
export const contracts = {
  status: statusContract,
  lists: listsContract,
  live: liveContract,
  exchanges: exchangesContract,
  traces: tracesContract,
  toolCalls: toolCallsContract,
  reviews: reviewsContract,
  quality: qualityContract,
  duplicates: duplicatesContract,
  rubrics: rubricsContract,
  judge: judgeContract,
  expansions: expansionsContract,
  qa: qaContract,
  acts: actsContract,
  queues: queuesContract,
  agreement: agreementContract,
  labels: labelsContract,
  comparisons: comparisonsContract,
  suggestions: suggestionsContract,
  query: queryContract,
  filters: filtersContract,
  datasets: datasetsContract,
  exports: exportsContract,
  leaks: leaksContract,
  render: renderContract,
  imports: importsContract,
  watches: watchesContract,
  jobs: jobsContract,
  validation: validationContract,
  schemas: schemasContract,
  settings: settingsContract,
  connect: connectContract,
  tokens: tokensContract,
  runs: runsContract,
  captureHealth: captureHealthContract,
  auditLog: auditLogContract,
  findings: findingsContract,
  policy: policyContract,
  knownValues: knownValuesContract,
  privacy: privacyContract,
  consent: consentContract,
  retention: retentionContract,
  models: modelsContract,
  oracle: oracleContract,
  oracleMeasures: oracleMeasuresContract,
  webhooks: webhooksContract,
};
export type Contracts = typeof contracts;

/** What carries each domain out. */
export type Domains = { readonly [D in keyof Contracts]: Handlers<Contracts[D]> };

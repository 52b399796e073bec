import { auditLog, captureHealth, connect, lists, live, runs, settings, status, tokens } from './engine.js';
import { consent, findings, knownValues, policy, privacy, retention } from './privacy.js';
import { exchanges, filters, query, reviews, toolCalls, traces } from './traces.js';
import { exports, imports, jobs, leaks, schemas, validation, watches } from './work.js';

/** Everything that the engine can be asked for, by domain and name. */
export const operations = {
  status,
  lists,
  live,
  exchanges,
  traces,
  toolCalls,
  reviews,
  query,
  filters,
  exports,
  leaks,
  imports,
  watches,
  jobs,
  validation,
  schemas,
  settings,
  connect,
  tokens,
  runs,
  captureHealth,
  auditLog,
  findings,
  policy,
  knownValues,
  privacy,
  consent,
  retention,
};
export type Operations = typeof operations;

import type { Services } from '../services.js';
import { auditRoutes } from './audit.js';
import { consentRoutes } from './consent.js';
import { effectRoutes } from './effects.js';
import { exchangeRoutes } from './exchanges.js';
import { exportRoutes } from './exports.js';
import { findingRoutes } from './findings.js';
import { healthRoutes } from './health.js';
import { importRoutes } from './import.js';
import { ingestRoutes } from './ingest.js';
import { jobRoutes } from './jobs.js';
import { leakRoutes } from './leaks.js';
import { otlpRoutes } from './otlp.js';
import { policyRoutes } from './policy.js';
import { privacyRoutes } from './privacy.js';
import type { RestApp } from './rest-app.js';
import { reviewRoutes } from './reviews.js';
import { runRoutes } from './runs.js';
import { schemaRoutes } from './schemas.js';
import { sessionRoutes } from './session.js';
import { telemetryRoutes } from './telemetry.js';
import { tokenRoutes } from './tokens.js';
import { toolCallRoutes } from './tool-calls.js';
import { traceRoutes } from './traces.js';
import { validationRoutes } from './validation.js';
import { watchRoutes } from './watches.js';

/** Every entity of the REST API. */
const entities: ((app: RestApp, services: Services) => void)[] = [
  healthRoutes,
  traceRoutes,
  telemetryRoutes,
  ingestRoutes,
  otlpRoutes,
  importRoutes,
  watchRoutes,
  reviewRoutes,
  consentRoutes,
  toolCallRoutes,
  effectRoutes,
  exchangeRoutes,
  findingRoutes,
  exportRoutes,
  leakRoutes,
  jobRoutes,
  runRoutes,
  tokenRoutes,
  sessionRoutes,
  auditRoutes,
  policyRoutes,
  privacyRoutes,
  validationRoutes,
  schemaRoutes,
];

export function restRoutes(app: RestApp, services: Services): void {
  for (const routes of entities) routes(app, services);
}

import type { WrongTokens } from '../../ground/wrong-tokens.js';
import type { Services } from '../services.js';
import { healthRoutes } from './health.js';
import { importRoutes } from './import.js';
import { ingestRoutes } from './ingest.js';
import { jobFileRoutes } from './job-files.js';
import { jobLogRoutes } from './job-log.js';
import { otlpRoutes } from './otlp.js';
import { accessRoutes, privacyRoutes } from './privacy.js';
import type { RestApp } from './rest-app.js';
import { sessionRoutes } from './session.js';
import { telemetryRoutes } from './telemetry.js';
import { exchangeRoutes, traceRoutes } from './traces.js';
import { workRoutes } from './work.js';

/** The REST API: operations at their addresses, and what is sent and fetched in other ways than a JSON call. */
const routes: ((app: RestApp, services: Services, wrongTokens: WrongTokens) => void)[] = [
  healthRoutes,
  traceRoutes,
  exchangeRoutes,
  telemetryRoutes,
  ingestRoutes,
  otlpRoutes,
  importRoutes,
  workRoutes,
  jobFileRoutes,
  jobLogRoutes,
  accessRoutes,
  sessionRoutes,
  privacyRoutes,
];

export function restRoutes(app: RestApp, services: Services, wrongTokens: WrongTokens): void {
  for (const add of routes) add(app, services, wrongTokens);
}

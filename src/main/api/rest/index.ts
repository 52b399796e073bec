import type { Services } from '../services.js';
import { exchangeRoutes } from './exchanges.js';
import { exportRoutes } from './exports.js';
import { healthRoutes } from './health.js';
import { jobRoutes } from './jobs.js';
import type { RestApp } from './rest-app.js';
import { reviewRoutes } from './reviews.js';
import { runRoutes } from './runs.js';
import { toolCallRoutes } from './tool-calls.js';
import { traceRoutes } from './traces.js';

/** Every entity of the REST API. */
const entities: ((app: RestApp, services: Services) => void)[] = [
  healthRoutes,
  traceRoutes,
  reviewRoutes,
  toolCallRoutes,
  exchangeRoutes,
  exportRoutes,
  jobRoutes,
  runRoutes,
];

export function restRoutes(app: RestApp, services: Services): void {
  for (const routes of entities) routes(app, services);
}

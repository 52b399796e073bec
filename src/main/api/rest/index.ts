import type { WrongTokens } from '../../ground/floods.js';
import type { Access } from '../auth.js';
import type { DownloadCodes } from '../download-codes.js';
import type { AuditNotes, Operations } from '../operations.js';
import { type DatasetFiles, datasetFileRoutes } from './dataset-files.js';
import { expansionRoutes } from './expansions.js';
import type { Finals } from './finals.js';
import { type Figures, healthRoutes } from './health.js';
import { importRoutes } from './import.js';
import { ingestRoutes } from './ingest.js';
import { jobFileRoutes } from './job-files.js';
import { type JobOutput, jobLogRoutes } from './job-log.js';
import { judgeRoutes } from './judge.js';
import { modelRoutes } from './models.js';
import { oracleMeasureRoutes } from './oracle-measures.js';
import { otlpRoutes } from './otlp.js';
import { accessRoutes, privacyRoutes } from './privacy.js';
import type { RestApp } from './rest-app.js';
import { reviewRoutes } from './review.js';
import type { Intake } from './sent.js';
import { sessionRoutes } from './session.js';
import { telemetryRoutes } from './telemetry.js';
import { type TraceHeads, traceHeads } from './trace-heads.js';
import { exchangeRoutes, traceRoutes } from './traces.js';
import { verifyRoutes } from './verify.js';
import { workRoutes } from './work.js';

/** What routes need that are no operations. */
export interface RestServices {
  access: Access;
  audit: AuditNotes;
  datasetFiles: DatasetFiles;
  figures: Figures;
  finals: Finals;
  intake: Intake;
  jobOutput: JobOutput;
}

interface Rest {
  app: RestApp;
  operations: Operations;
  services: RestServices;
  wrongTokens: WrongTokens;
  downloads: DownloadCodes;
  heads: TraceHeads;
}

/** The REST API: operations at their addresses, and what is sent and fetched in other ways than a JSON call. */
const routes: ((rest: Rest) => void)[] = [
  healthRoutes,
  traceRoutes,
  reviewRoutes,
  judgeRoutes,
  oracleMeasureRoutes,
  expansionRoutes,
  verifyRoutes,
  exchangeRoutes,
  telemetryRoutes,
  ingestRoutes,
  otlpRoutes,
  importRoutes,
  workRoutes,
  datasetFileRoutes,
  jobFileRoutes,
  jobLogRoutes,
  accessRoutes,
  sessionRoutes,
  privacyRoutes,
  modelRoutes,
];

export function restRoutes(rest: Omit<Rest, 'heads'>): void {
  const heads = traceHeads(rest.services.intake);
  for (const add of routes) add({ ...rest, heads });
}

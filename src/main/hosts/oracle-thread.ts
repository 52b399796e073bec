import { workerData } from 'node:worker_threads';
import { writeGoldParquet } from '../dataset/index.js';
import type { OracleEvent, OracleRequest } from '../engine/oracle-threads.js';
import { figuresOf, openCatalogue, writeDomain } from '../oracle/index.js';
import { serveThread } from '../threads/worker-side.js';

/** A thread of a run of the oracle: writes the domains that it is given. It is ended where the run is cancelled. */

const catalogue = openCatalogue((workerData as { folders: string[] }).folders);
const never = new AbortController().signal;

const thread = serveThread<OracleRequest, OracleEvent>({
  lane: () => 'control',
  async request(asked) {
    if ('figures' in asked) return figuresOf(catalogue, asked.figures);
    return writeDomain(catalogue, asked.domain, {
      signal: never,
      parquet: writeGoldParquet,
      progress: (soFar) => thread.emit({ domain: asked.domain.domain, soFar }),
    });
  },
  connect() {},
});

import { workerData } from 'node:worker_threads';
import { type Counts, type DomainOrder, openCatalogue, writeDomain } from '../oracle/index.js';
import { serveThread } from '../threads/worker-side.js';

/** A thread of a run of the oracle: writes the domains that it is given. It is ended where the run is cancelled. */

const catalogue = openCatalogue((workerData as { folders: string[] }).folders);
const never = new AbortController().signal;

const thread = serveThread<DomainOrder, { domain: string; counts: Counts }>({
  lane: () => 'control',
  request: (order) =>
    writeDomain(catalogue, order, {
      signal: never,
      progress: ({ validated, failed }) => thread.emit({ domain: order.domain, counts: { validated, failed } }),
    }),
  connect() {},
});

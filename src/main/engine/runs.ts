import { createHash, randomBytes } from 'node:crypto';
import { SluiceError } from '../../shared/errors.js';
import { uuidv7 } from '../../shared/ids.js';
import { type Status, toIso } from '../../shared/model/index.js';
import type { Services } from '../api/services.js';
import { runSummary } from '../run-summary.js';
import type { StoreReader } from '../store/index.js';
import { type Scan, validateStored } from '../validate/index.js';

/** So many traces of a run are checked at its end. */
const mostValidated = 1000;
/** So many connections past the proxy are remembered. */
const mostBypassed = 200;

interface RunParts {
  reader: StoreReader;
  scan: Scan;
  /**
   * Opens and closes the listener whose exchanges carry the session; the port of an opened one. `credential`: SHA-256 in
   * hex of what opens it off loopback.
   */
  listen(runId: string, session: string, credential: string): Promise<number>;
  close(runId: string): Promise<unknown>;
  proxyUrl(port: number): string;
  /** Resolves when everything captured by now is stored. */
  stored(): Promise<void>;
  /** What a user typed, redacted. */
  cleanName(session: string): Promise<string>;
  /** Gives the session's traces a consent from now on; null: no longer. */
  applyConsent(session: string, consent: Parameters<Services['startRun']>[1]): Promise<unknown>;
  endRunning(traceIds: string[]): Promise<unknown>;
}

/** Commands that `sluice run` captures. */
export function createRuns(parts: RunParts): {
  start: Services['startRun'];
  end: Services['endRun'];
  bypassed(): Status['bypassed'];
} {
  const { reader, scan } = parts;
  const runs = new Map<string, { session: string; from: string }>();
  const bypassed: Status['bypassed'] = [];
  return {
    bypassed: () => [...bypassed],
    async start(session, consent) {
      const runId = uuidv7();
      const name = session === null ? newName() : await parts.cleanName(session);
      await parts.applyConsent(name, consent);
      const credential = randomBytes(24).toString('base64url');
      const port = await parts.listen(runId, name, createHash('sha256').update(credential).digest('hex'));
      runs.set(runId, { session: name, from: toIso(Date.now() * 1000) });
      return { run_id: runId, proxy: withCredential(parts.proxyUrl(port), credential) };
    },
    async end(runId, seenPast) {
      const run = runs.get(runId);
      if (!run) throw new SluiceError('not_found', 'There is no such run.');
      runs.delete(runId);
      bypassed.push(...seenPast);
      if (bypassed.length > mostBypassed) bypassed.splice(0, bypassed.length - mostBypassed);
      await parts.close(runId);
      await parts.stored();
      await parts.applyConsent(run.session, null);
      const summary = runSummary(reader, run.session, run.from);
      await parts.endRunning(summary.trace_ids);
      const checked = summary.trace_ids.slice(0, mostValidated);
      return { ...summary, validation: await validateStored(checked, (traceId) => reader.trace(traceId), scan) };
    },
  };
}

/** A proxy that is reached off loopback asks who comes; on loopback some clients stumble over credentials that nobody asks for. */
function withCredential(proxy: string, credential: string): string {
  const url = new URL(proxy);
  return /^(127\.|localhost$|\[::1\]$)/.test(url.hostname) ? proxy : `http://run:${credential}@${url.host}`;
}

/** `run-20261121-093015-4f2a`, UTC. */
function newName(): string {
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return `run-${time}-${randomBytes(2).toString('hex')}`;
}

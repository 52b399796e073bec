import { SluiceError } from '../../../shared/errors.js';
import type { AuditActor, HubPush, Json, LeakOverride, NewAuditEntry } from '../../../shared/model/index.js';
import { batchesOf } from './batches.js';
import { contentOf } from './content.js';
import { type HubFile, openHub } from './hub.js';
import { hubError } from './hub-error.js';
import { hubFetch } from './hub-fetch.js';
import { leftBehind } from './left-behind.js';
import type { PushPlan } from './plan.js';

export interface PushOrder {
  name: string;
  version: number;
  repo: string;
  private: boolean;
  endpoint: string;
  actor: AuditActor;
  allow_leaks: LeakOverride | null;
}

export interface PushControl {
  signal: AbortSignal;
  onProgress(share: number | null, message: string, work?: { done: number; total: number; unit: string }): void;
  onNote(line: string): void;
}

/** Files that an entry of the audit log names. */
const namedFiles = 20;

/**
 * Puts a version into a repository of the Hub, in one commit or, where that would be too large, in several, the manifest in the last. What
 * the Hub has already is not sent again, so that a push that was killed goes on when it is started anew. What is to leave the machine
 * stands in the audit log before it does, and what did afterwards.
 * Throws `hub_forbidden`, `hub_unreachable`, `hub_changed`, `hub_refused`, `push_refused`, and the signal's reason.
 */
export async function pushVersion(
  order: PushOrder,
  plan: PushPlan,
  token: string,
  { signal, onProgress, onNote }: PushControl,
  record: (entry: NewAuditEntry) => Promise<unknown>,
): Promise<HubPush> {
  const { repo, endpoint } = order;
  const sent = tally();
  const done = tally();
  let total = 0;
  const tell = (path: string | null) => {
    const bytes = done.sum();
    const message = path === null ? `${megabytes(bytes)} of ${megabytes(total)} MB` : `Reading ${path}`;
    onProgress(total === 0 ? null : Math.min(1, bytes / total), message, { done: bytes, total, unit: 'bytes' });
  };
  const request = hubFetch(
    signal,
    (path, bytes) => {
      sent.set(path, (sent.of(path) ?? 0) + bytes);
      done.set(path, sent.of(path) ?? 0);
      tell(null);
    },
    (why) => onNote(`${why}: trying again`),
  );
  const hub = openHub({ endpoint, repo, token, fetch: request });
  const note = (state: 'begun' | 'done' | 'cancelled' | 'failed', details: { [key: string]: Json }) => {
    const { name, version, actor, allow_leaks } = order;
    const leaks: { [key: string]: Json } =
      plan.leaks === 0 ? {} : { leaks: plan.leaks, overridden: allow_leaks && { ...allow_leaks } };
    const about = { state, version, repo, endpoint, private: order.private, rows: plan.rows, ...leaks };
    return record({ action: 'dataset_pushed', actor, target: name, details: { ...about, ...details } });
  };
  const left = () => ({
    files: plan.files
      .filter(({ path }) => sent.of(path) !== undefined)
      .slice(0, namedFiles)
      .map(({ path, sha256 }) => ({ path, sha256 })),
    files_sent: sent.size(),
    bytes_sent: sent.sum(),
  });

  let begun = false;
  try {
    onProgress(null, 'Asking the Hub what it has');
    const head = await openRepository(hub, order);
    const there = await hub.files();
    const known = new Map(there.map((file) => [file.path, file]));
    const missing = plan.files.filter((file) => !isThere(file, known.get(file.path)));
    const gone = await filesToDelete(hub, there, plan);
    const size = missing.reduce((sum, { bytes }) => sum + bytes, 0);
    total = size;
    await note('begun', { files: plan.files.length, files_to_send: missing.length, bytes_to_send: size });
    begun = true;
    let commit = head;
    if (missing.length + gone.length > 0) {
      onNote(
        `${missing.length} files of ${megabytes(size)} MB to send, ${plan.files.length - missing.length} are there`,
      );
      const batches = batchesOf(missing);
      const removals = gone.map((path) => ({ operation: 'delete' as const, path }));
      for (const [index, batch] of batches.entries()) {
        const ends = index === batches.length - 1;
        const operations = [];
        for (const file of batch)
          operations.push({
            operation: 'addOrUpdate' as const,
            path: file.path,
            content: await contentOf(plan.out, file),
          });
        const which = batches.length === 1 ? '' : ` (${index + 1} of ${batches.length})`;
        const words = {
          title: `${order.name} version ${order.version}${which}`,
          description: `${plan.rows} rows, root ${plan.rows_root}`,
        };
        const sizes = new Map(batch.map(({ path, bytes }) => [path, bytes]));
        const at = { head: commit, signal };
        commit = await hub.commit([...operations, ...(ends ? removals : [])], words, at, ({ path, share, state }) => {
          if (state === 'uploading' && share === 1) done.set(path, sizes.get(path) ?? 0);
          tell(state === 'hashing' ? path : null);
        });
        // Small files are in the commit itself.
        for (const { path, bytes } of batch) {
          if (done.of(path) !== undefined) continue;
          sent.set(path, bytes);
          done.set(path, bytes);
        }
        tell(null);
      }
    }
    const { files, ...counts } = left();
    await note('done', { commit, files, ...counts, deleted: gone.length });
    return {
      name: order.name,
      version: order.version,
      repo,
      url: `${endpoint}/datasets/${repo}`,
      commit,
      rows: plan.rows,
      files: plan.files.length,
      sent: { files: counts.files_sent, bytes: counts.bytes_sent },
      already_there: plan.files.length - counts.files_sent,
      deleted: gone.length,
    };
  } catch (error) {
    if (begun) await note(signal.aborted ? 'cancelled' : 'failed', left());
    signal.throwIfAborted();
    throw hubError(error, token);
  }
}

/** A number for each path, and their sum. */
function tally() {
  const each = new Map<string, number>();
  let sum = 0;
  return {
    of: (path: string) => each.get(path),
    set(path: string, value: number) {
      sum += value - (each.get(path) ?? 0);
      each.set(path, value);
    },
    size: () => each.size,
    sum: () => sum,
  };
}

/** The newest commit of the repository, which is made where there is none. */
async function openRepository(hub: ReturnType<typeof openHub>, order: PushOrder): Promise<string | null> {
  const found = await hub.state();
  const made = found === null && (await hub.create(order.private));
  const state = found ?? (await hub.state());
  // Nobody is surprised by rows that everybody can read.
  if (order.private && !made && state?.private !== true)
    throw new SluiceError('push_refused', `${order.repo} is not private, and was there already.`);
  return state?.head ?? null;
}

function isThere({ bytes, sha256, git_oid }: PushPlan['files'][number], found: HubFile | undefined): boolean {
  if (found === undefined || found.size !== bytes) return false;
  return found.sha256 === undefined ? found.oid === git_oid : found.sha256 === sha256;
}

async function filesToDelete(
  hub: ReturnType<typeof openHub>,
  there: readonly HubFile[],
  { files }: PushPlan,
): Promise<string[]> {
  if (!there.some(({ path }) => path === 'manifest.json')) return [];
  const manifest = await hub.text('manifest.json');
  return manifest === null ? [] : leftBehind(manifest, there, new Set(files.map(({ path }) => path)));
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

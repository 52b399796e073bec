import { createHash, createHmac, randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Webhook } from '../../shared/model/index.js';
import { type IsOwn, NotDelivered, postOnce } from './post.js';

/** Milliseconds between the tries of one delivery: there is one more try than these. */
const usualPauses = [2000, 10_000, 60_000, 600_000];
/** How long an address may take to answer, in milliseconds. */
const usualTimeout = 10_000;
/** Deliveries under way to one address: one that hangs holds up no other. */
const atOnce = 4;
/** Deliveries that wait at most; what is told beyond them lets the oldest go. */
const mostWaiting = 1000;

const toldSchema = z.object({
  job_id: z.string(),
  kind: z.string(),
  state: z.string(),
  /** Null where the job is about several traces, or none. */
  trace_id: z.string().nullable(),
});
/** What an address hears of a job. */
export type Told = z.infer<typeof toldSchema>;

const waitingSchema = z.object({
  delivery_id: z.string(),
  /** SHA-256 of its address: the address itself stands in the settings alone. */
  to: z.string(),
  told: toldSchema,
  tries: z.int(),
  /** When it is tried next, in milliseconds. */
  at: z.number(),
});
type Waiting = z.infer<typeof waitingSchema>;
const fileSchema = z.object({ version: z.literal(1), waiting: z.array(waitingSchema) });

export interface WebhookOptions {
  /** Those of the settings, which alone are called. */
  addresses(): readonly Webhook[];
  /** The key of the signatures. */
  secret: string;
  isOwn: IsOwn;
  /** Keeps what waits over restarts; `read` gives undefined where nothing is kept. */
  file: { read(): unknown; write(content: object): Promise<void> };
  /** Hears what became of every delivery, by the host alone: an address may hold a key. */
  onOver(host: string, delivered: boolean, told: Told, tries: number): void;
  onError(error: unknown): void;
  pausesMs?: readonly number[];
  timeoutMs?: number;
}

/**
 * Tells addresses of jobs that are over: each delivery is signed and tried a few times, longer apart each time, and waits in a file
 * while the engine is stopped. It may come more than once, always with the same id.
 */
export function createWebhooks(options: WebhookOptions) {
  const { addresses, secret, isOwn, file, onOver, onError, pausesMs = usualPauses, timeoutMs = usualTimeout } = options;
  const waiting = new Map<string, Waiting>();
  const busy = new Set<Waiting>();
  const ended = new AbortController();
  let begun = false;
  let timer: NodeJS.Timeout | undefined;
  let saving: Promise<void> | null = null;
  let changed = false;

  /** One write at a time, and one more for all that came meanwhile. */
  function save(): void {
    changed = true;
    saving ??= (async () => {
      while (changed) {
        changed = false;
        await file.write({ version: 1, waiting: [...waiting.values()] }).catch(onError);
      }
      saving = null;
    })();
  }

  function pump(): void {
    clearTimeout(timer);
    if (!begun || ended.signal.aborted) return;
    const now = Date.now();
    let next = Number.POSITIVE_INFINITY;
    const underWay = new Map<string, number>();
    for (const { to } of busy) underWay.set(to, (underWay.get(to) ?? 0) + 1);
    for (const item of waiting.values()) {
      const many = underWay.get(item.to) ?? 0;
      if (busy.has(item) || many >= atOnce) continue;
      if (item.at > now) next = Math.min(next, item.at);
      else {
        underWay.set(item.to, many + 1);
        busy.add(item);
        void attempt(item).finally(() => {
          busy.delete(item);
          pump();
        });
      }
    }
    if (Number.isFinite(next)) timer = setTimeout(pump, next - now).unref();
  }

  async function attempt(item: Waiting): Promise<void> {
    const address = addresses().find(({ url }) => keyOf(url) === item.to);
    // It was taken out of the settings meanwhile.
    if (address === undefined) return over(item);
    try {
      await deliver(address.url, item.delivery_id, item.told);
      over(item);
      onOver(new URL(address.url).host, true, item.told, item.tries + 1);
    } catch (error) {
      if (ended.signal.aborted) return;
      if (!(error instanceof NotDelivered)) onError(error);
      const tries = item.tries + 1;
      const pause = pausesMs[item.tries];
      Object.assign(item, { tries, at: Date.now() + (pause ?? 0) });
      if (pause === undefined) {
        over(item);
        onOver(new URL(address.url).host, false, item.told, tries);
      } else save();
    }
  }

  function over({ delivery_id }: Waiting): void {
    waiting.delete(delivery_id);
    save();
  }

  async function deliver(url: string, deliveryId: string, told: Told): Promise<void> {
    const body = JSON.stringify(told);
    const timestamp = String(Math.floor(Date.now() / 1000));
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'sluice-webhooks',
      'sluice-delivery': deliveryId,
      'sluice-timestamp': timestamp,
      'sluice-signature': createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex'),
    };
    await postOnce(url, headers, body, { isOwn, timeoutMs, signal: ended.signal });
  }

  return {
    /** Tells every address that wants jobs of this kind. */
    tell(told: Told): void {
      const wanted = addresses().filter(({ kinds }) => kinds.includes(told.kind));
      if (wanted.length === 0) return;
      for (const { url } of wanted) {
        const delivery_id = randomUUID();
        waiting.set(delivery_id, { delivery_id, to: keyOf(url), told, tries: 0, at: Date.now() });
      }
      for (const [delivery_id, item] of waiting) {
        if (waiting.size <= mostWaiting) break;
        if (busy.has(item)) continue;
        waiting.delete(delivery_id);
        onError(new Error('More webhooks wait than are kept: the oldest was let go.'));
      }
      save();
      pump();
    },

    /** Takes up what an earlier run left, and begins to send. */
    begin(): void {
      const kept = file.read();
      const read = fileSchema.safeParse(kept);
      if (kept !== undefined && !read.success) onError(new Error('The file of webhooks that wait cannot be read.'));
      for (const item of read.data?.waiting ?? []) waiting.set(item.delivery_id, item);
      begun = true;
      pump();
    },

    /** Sends a test to every address once; why it did not arrive where it did not. */
    test(): Promise<{ url: string; delivered: boolean; detail: string }[]> {
      const told: Told = { job_id: randomUUID(), kind: 'test', state: 'done', trace_id: null };
      return Promise.all(
        addresses().map(async ({ url }) => {
          try {
            await deliver(url, randomUUID(), told);
            return { url, delivered: true, detail: 'It was taken.' };
          } catch (error) {
            if (!(error instanceof NotDelivered)) throw error;
            return { url, delivered: false, detail: `Not delivered: ${error.message}.` };
          }
        }),
      );
    },

    /** What was not delivered waits for the next start. */
    async end(): Promise<void> {
      clearTimeout(timer);
      ended.abort();
      await saving;
    },
  };
}

function keyOf(url: string): string {
  return createHash('sha256').update(url).digest('hex');
}

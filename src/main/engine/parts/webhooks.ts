import type { Handlers } from '../../../shared/contract/operation.js';
import type { webhooksContract } from '../../../shared/contract/webhooks.js';
import type { Job } from '../../../shared/model/index.js';
import { readWebhooksFile, writeWebhooksFile } from '../../home/webhooks-file.js';
import { createWebhooks } from '../../webhooks/index.js';
import { isHere } from '../../webhooks/is-here.js';
import { type EngineContext, engineActor } from '../context.js';

/** Tells addresses of the settings which jobs are over. */
export function webhooksPart(context: EngineContext) {
  const { folder, keys, settings, audit, log, addresses } = context;
  const secret = Buffer.from(keys.webhooks).toString('base64url');
  const failed = (error: unknown) => log.error({ name: (error as Error).name }, 'webhooks_failed');
  const webhooks = createWebhooks({
    addresses: () => settings.current().webhooks,
    secret,
    isOwn: (address, port) => ownPorts(addresses).includes(port) && isHere(address),
    file: { read: () => readWebhooksFile(folder), write: (content) => writeWebhooksFile(folder, content) },
    onOver(host, delivered, { job_id, kind, state }, tries) {
      if (delivered) log.info({ host, job_id, kind, state, tries }, 'webhook_delivered');
      else log.warn({ host, job_id, kind, state, tries }, 'webhook_given_up');
      audit.count({ action: 'webhook_sent', actor: engineActor, details: { host, delivered } }).catch(failed);
    },
    onError: failed,
  });

  return {
    id: 'webhooks',
    services: {
      webhooks: {
        secret: () => ({ secret }),
        test: async () => ({ items: await webhooks.test() }),
      } satisfies Handlers<typeof webhooksContract>,
    },
    /** Hears each state of every job. */
    onJob(job: Job): void {
      const { job_id, kind, state } = job;
      if (state !== 'queued' && state !== 'running') webhooks.tell({ job_id, kind, state, trace_id: traceOf(job) });
    },
    begin: webhooks.begin,
    end: webhooks.end,
  };
}

/** The one trace that a job is about. */
function traceOf({ params }: Job): string | null {
  const { trace_id, trace_ids } = (params ?? {}) as { trace_id?: string; trace_ids?: string[] };
  return trace_id ?? (trace_ids?.length === 1 ? (trace_ids[0] ?? null) : null);
}

function ownPorts({ proxy, api }: { proxy(): string; api: string }): number[] {
  return [proxy(), api].flatMap((url) => (URL.canParse(url) ? [Number(new URL(url).port)] : []));
}

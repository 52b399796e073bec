import * as z from 'zod';
import {
  auditActorSchema,
  datasetNameSchema,
  type HubPush,
  hubPushSchema,
  hubRepoSchema,
  leakOverrideSchema,
  type NewAuditEntry,
} from '../../../shared/model/index.js';
import type { JobControl, JobKind } from '../../ground/job-kind.js';
import type { PushAsked, PushPlan } from './plan.js';
import { hubEndpoint, hubToken } from './token.js';

const pushParamsSchema = z.object({
  name: datasetNameSchema,
  version: z.int().positive(),
  repo: hubRepoSchema,
  private: z.boolean(),
  actor: auditActorSchema,
  allow_leaks: leakOverrideSchema.nullable(),
});

export const hubPush = 'dataset-push';

/** With the Hub's client, which nothing else needs. */
export const hubClient = () => import('./push.js');

/**
 * The job that pushes a version to the Hub. Cut off, it begins again and passes over what arrived. Its record says neither the token nor
 * where that is: the engine's own environment does, and so the token goes nowhere that a request could name.
 */
export function pushKind(parts: {
  env: NodeJS.ProcessEnv;
  plan(asked: PushAsked, control: Partial<JobControl>): Promise<PushPlan>;
  record(entry: NewAuditEntry): Promise<unknown>;
}): JobKind<z.infer<typeof pushParamsSchema>, HubPush> {
  return {
    id: hubPush,
    title: 'Push to the Hub',
    params: pushParamsSchema,
    result: hubPushSchema,
    // Files are read and hashed on the work thread beforehand; what is left here waits for the network.
    lane: 'io',
    atOnce: 1,
    async run(order, { signal, progress, log, checkpoint }) {
      const token = hubToken(parts.env, null);
      const endpoint = hubEndpoint(undefined, parts.env);
      checkpoint({ begun: true });
      const { name, version, allow_leaks } = order;
      const plan = await parts.plan({ name, version, allow_leaks }, { signal, progress });
      const { pushVersion } = await hubClient();
      const pushed = await pushVersion(
        { ...order, endpoint },
        plan,
        token,
        { signal, onProgress: progress, onNote: log },
        parts.record,
      );
      log(`Version ${version} of ${name} is at ${pushed.url}: ${pushed.sent.files} files sent`);
      return pushed;
    },
  };
}

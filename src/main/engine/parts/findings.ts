import measured from '../../../../resources/redaction-quality.json' with { type: 'json' };
import type { findingsContract } from '../../../shared/contract/findings.js';
import type { Handlers } from '../../../shared/contract/operation.js';
import { found } from '../../../shared/errors.js';
import { redactionQualitySchema } from '../../../shared/redaction-quality.js';
import type { EngineContext } from '../context.js';
import { mayAllow } from '../live/may-allow.js';
import type { PolicyPart } from './policy.js';

const quality = redactionQualitySchema.parse(measured);

/** What redaction found, and what a reader says of it. */
export function findingsPart(
  { reading: { reads }, live }: EngineContext,
  rules: Pick<PolicyPart, 'set' | 'allow' | 'addValue'>,
) {
  const allowed = () => live.state().policy.allow_pseudonyms;
  const findings: Handlers<typeof findingsContract> = {
    summary: (filter) => reads.findingsSummary(filter),
    list: ({ cursor, limit, ...filter }) => reads.findings(filter, cursor ?? null, limit),
    places: async ({ exchange_id, finding_id, cursor, limit }) =>
      found(await reads.findingPlaces(exchange_id, finding_id, cursor ?? null, limit), 'finding'),
    quality: () => quality,
    allowed,
    async allow({ pseudonym }, { principal, actor }) {
      mayAllow(pseudonym, live.state().policy, principal);
      await rules.allow(pseudonym, actor);
      return allowed();
    },
    async disallow({ pseudonym }, { actor }) {
      const { file } = live.state();
      const kept = (file.allow_pseudonyms ?? []).filter((each) => each !== pseudonym);
      const { policy, job } = await rules.set({ ...file, allow_pseudonyms: kept }, actor);
      return { allowed: policy.allow_pseudonyms, job };
    },
    missed: async (value, { actor }) => ({ job: (await rules.addValue(value, actor)).job }),
  };
  return { id: 'findings', services: { findings } };
}

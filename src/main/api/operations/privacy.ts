import measured from '../../../../resources/redaction-quality.json' with { type: 'json' };
import { consentContract, retentionContract } from '../../../shared/contract/consent.js';
import { findingsContract } from '../../../shared/contract/findings.js';
import { knownValuesContract, policyContract } from '../../../shared/contract/policy.js';
import { privacyContract } from '../../../shared/contract/privacy.js';
import { policyPresets } from '../../../shared/policy-presets.js';
import { redactionQualitySchema } from '../../../shared/redaction-quality.js';
import { mayAllow } from '../may-allow.js';
import { bind, found } from './operation.js';

const quality = redactionQualitySchema.parse(measured);

export const findings = bind(findingsContract, {
  summary: (filter, { services }) => services.reads.findingsSummary(filter),
  list: ({ cursor, limit, ...filter }, { services }) => services.reads.findings(filter, cursor ?? null, limit),
  places: async ({ exchange_id, finding_id, cursor, limit }, { services }) =>
    found(await services.reads.findingPlaces(exchange_id, finding_id, cursor ?? null, limit), 'finding'),
  quality: () => quality,
  allowed: (_, { services }) => services.policy.get().policy.allow_pseudonyms,
  async allow({ pseudonym }, { services, principal, actor }) {
    mayAllow(pseudonym, services.policy.get().policy, principal);
    return (await services.policy.allow(pseudonym, actor)).policy.allow_pseudonyms;
  },
  async disallow({ pseudonym }, { services, actor }) {
    const { file } = services.policy.get();
    const kept = (file.allow_pseudonyms ?? []).filter((each) => each !== pseudonym);
    const { policy, job } = await services.policy.set({ ...file, allow_pseudonyms: kept }, actor);
    return { allowed: policy.allow_pseudonyms, job };
  },
  missed: async (value, { services, actor }) => ({ job: (await services.vault.add(value, actor)).job }),
});

export const policy = bind(policyContract, {
  get: (_, { services }) => services.policy.get(),
  check: ({ file }, { services }) => services.policy.check(file),
  set: ({ file }, { services, actor }) => services.policy.set(file, actor),
  presets: () => ({
    items: policyPresets.map((preset) => ({
      ...preset,
      personal: Object.fromEntries(Object.entries(preset.personal).map(([entity, names]) => [entity, [...names]])),
      covers: preset.covers.map((each) => ({ ...each, entities: [...each.entities] })),
      limits: [...preset.limits],
    })),
  }),
});

export const knownValues = bind(knownValuesContract, {
  list: ({ cursor, limit }, { services }) => services.vault.list(cursor ?? null, limit),
  add: (value, { services, actor }) => services.vault.add(value, actor),
  remove: async ({ value_id }, { services, actor }) => ({ removed: await services.vault.remove(value_id, actor) }),
});

export const privacy = bind(privacyContract, {
  places: (_, { services }) => services.privacy.places(),
  receipts: ({ cursor, limit }, { services }) => services.privacy.receipts(cursor ?? null, limit),
  receipt: async ({ erasure_id }, { services }) => found(await services.privacy.receipt(erasure_id), 'receipt'),
  search: ({ values, cursor }, { services }) => services.privacy.searchSubject(values, cursor ?? null),
  exportSubject: ({ values }, { services, actor }) => services.privacy.exportSubject(values, actor),
  erase: (request, { services, actor }) => services.privacy.startErasure(request, actor),
  rescan: (_, { services, actor }) => services.privacy.startRescan(actor),
});

export const consent = bind(consentContract, {
  overview: (_, { services }) => services.reads.consentOverview(services.policy.get().policy.consent.required),
  get: async ({ trace_id }, { services }) => found(await services.reads.consent(trace_id), 'trace'),
  history: async ({ trace_id, cursor, limit }, { services }) =>
    found(await services.reads.consentHistory(trace_id, cursor ?? null, limit), 'trace'),
  async set({ trace_id, consent }, { services, actor }) {
    found(await services.reads.traceHead(trace_id), 'trace');
    return found(await services.consent.set(trace_id, consent, actor), 'trace');
  },
  setAll: ({ query, consent }, { services, actor }) => services.consent.startSet(query, consent, actor),
});

export const retention = bind(retentionContract, {
  start: ({ dry_run }, { services, actor }) => services.retention.start(dry_run, actor),
});

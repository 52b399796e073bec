import * as z from 'zod';
import { jobSchema, pageSchema } from '../../../shared/model/index.js';
import { actions, entities, type PersonalEntity, personalEntities } from '../../../shared/policy.js';
import {
  knownValueInfoSchema,
  newKnownValueSchema,
  policyFileSchema,
  policySchema,
} from '../../../shared/policy-file.js';
import { policyPresets, presetIds } from '../../../shared/policy-presets.js';
import { actorOf } from '../auth.js';
import type { Services } from '../services.js';
import { idOf, idParams, missing, pageQuery, type RestApp } from './rest-app.js';

const changed = z.array(z.string()).describe('What changed: `preset`, `actions.EMAIL`, `keys`, …');
const job = jobSchema.nullable().describe('Redacts anew what is stored; null where nothing became stricter');
const presetSchema = z.object({
  id: z.enum(presetIds),
  title: z.string(),
  summary: z.string(),
  actions: z.partialRecord(z.enum(entities), z.enum(actions)),
  personal: z.partialRecord(z.enum(personalEntities), z.array(z.string())),
  consent_required: z.boolean(),
  covers: z.array(z.object({ identifier: z.string(), entities: z.array(z.enum(entities)), note: z.string() })),
  limits: z.array(z.string()),
});

/** The redaction policy, its presets, and the values that must never be stored. */
export function policyRoutes(app: RestApp, services: Services): void {
  app.get(
    '/policy',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'The redaction policy that holds',
        tags: ['policy'],
        response: {
          200: z.object({
            policy: policySchema.describe('Every field filled in from preset and defaults'),
            file: policyFileSchema.describe('What the file says itself'),
            path: z.string(),
            problems: z.array(z.string()).describe('Why the file as it lies there is not what holds'),
          }),
        },
      },
    },
    () => services.policy.get(),
  );
  app.put(
    '/policy',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Replaces the policy file; it holds from the next exchange on',
        description:
          'The body is a policy file, see `file` of `GET /policy`: what it does not name is as its preset and the ' +
          'defaults have it. Values under `deny` are moved to the known values. A bad field answers `policy_invalid`.',
        tags: ['policy'],
        body: z.looseObject({}),
        response: { 200: z.object({ policy: policySchema, changed, job }) },
      },
    },
    (request) => services.policy.set(request.body, actorOf(request.principal)),
  );
  app.get(
    '/policy/presets',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'What each preset sets, covers and does not do',
        tags: ['policy'],
        response: { 200: z.object({ items: z.array(presetSchema) }) },
      },
    },
    () => ({ items: presets }),
  );
  app.get(
    '/known-values',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Values that must never be stored, by their id; the values themselves are never told',
        tags: ['policy'],
        querystring: pageQuery,
        response: { 200: pageSchema(knownValueInfoSchema) },
      },
    },
    ({ query }) => services.vault.list(query.cursor ?? null, query.limit),
  );
  app.post(
    '/known-values',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Adds a value that must never be stored',
        description: 'It is kept encrypted, replaced from the next exchange on, and looked for in what is stored.',
        tags: ['policy'],
        body: newKnownValueSchema,
        response: { 201: z.object({ value: knownValueInfoSchema, job }) },
      },
    },
    async (request, reply) => reply.code(201).send(await services.vault.add(request.body, actorOf(request.principal))),
  );
  app.delete(
    '/known-values/:id',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Forgets a known value; what was replaced stays replaced',
        tags: ['policy'],
        params: idParams,
        response: { 204: z.undefined().describe('Forgotten') },
      },
    },
    async (request, reply) => {
      const id = idOf(request.params.id, 'known value');
      if (!(await services.vault.remove(id, actorOf(request.principal)))) throw missing('known value');
      return reply.code(204).send();
    },
  );
}

/** The presets as JSON has them. */
const presets: z.infer<typeof presetSchema>[] = policyPresets.map((preset) => ({
  ...preset,
  personal: Object.fromEntries(Object.entries(preset.personal).map(([entity, names]) => [entity, [...names]])) as {
    [entity in PersonalEntity]?: string[];
  },
  covers: preset.covers.map((each) => ({ ...each, entities: [...each.entities] })),
  limits: [...preset.limits],
}));

import * as z from 'zod';
import { idSchema, jobSchema, pageSchema } from '../model/index.js';
import { actions, entities, personalEntities } from '../policy.js';
import { knownValueInfoSchema, newKnownValueSchema, policyFileSchema, policySchema } from '../policy-file.js';
import { presetIds } from '../policy-presets.js';
import { knownValueBytes, nothing, paged } from './inputs.js';
import { command, query } from './operation.js';

const changed = z.array(z.string()).describe('What changed: `preset`, `actions.EMAIL`, `keys`, …');
const job = jobSchema.nullable().describe('Redacts anew what is stored; null where nothing became stricter');
/** A policy file as somebody sends it; the engine says what is wrong with it. */
const file = z.looseObject({});
/** What is larger goes into the file itself, which is read as it changes. */
const fileBytes = 256_000;

/** What is written down is said by the policy itself, since it is also edited by hand. */
export const policyContract = {
  get: query({
    scope: 'admin',
    summary: 'The redaction policy that holds',
    input: nothing,
    output: z.object({
      policy: policySchema.describe('Every field filled in from preset and defaults'),
      file: policyFileSchema.describe('What the file says itself'),
      path: z.string(),
      problems: z.array(z.string()).describe('Why the file as it lies there is not what holds'),
    }),
  }),
  check: query({
    scope: 'admin',
    summary: 'What a policy file would change',
    input: z.object({ file }),
    inputBytes: fileBytes,
    output: z.object({ policy: policySchema, changed, stricter: z.boolean() }),
  }),
  set: command({
    scope: 'admin',
    summary: 'Replaces the policy file; it holds from the next exchange on',
    description:
      'The body is a policy file, see `file` of `GET /policy`: what it does not name is as its preset and the ' +
      'defaults have it. Values under `deny` are moved to the known values. A bad field answers `policy_invalid`.',
    input: z.object({ file }),
    inputBytes: fileBytes,
    output: z.object({ policy: policySchema, changed, job }),
  }),
  presets: query({
    scope: 'admin',
    summary: 'What each preset sets, covers and does not do',
    input: nothing,
    output: z.object({
      items: z.array(
        z.object({
          id: z.enum(presetIds),
          title: z.string(),
          summary: z.string(),
          actions: z.partialRecord(z.enum(entities), z.enum(actions)),
          personal: z.partialRecord(z.enum(personalEntities), z.array(z.string())),
          consent_required: z.boolean(),
          covers: z.array(z.object({ identifier: z.string(), entities: z.array(z.enum(entities)), note: z.string() })),
          limits: z.array(z.string()),
        }),
      ),
    }),
  }),
};

/** Values that must never be stored: they come in here and never out. */
export const knownValuesContract = {
  list: query({
    scope: 'admin',
    summary: 'Values that must never be stored, by their id; the values themselves are never told',
    input: paged,
    output: pageSchema(knownValueInfoSchema),
  }),
  add: command({
    scope: 'admin',
    summary: 'Adds a value that must never be stored',
    description: 'It is kept encrypted, replaced from the next exchange on, and looked for in what is stored.',
    input: newKnownValueSchema,
    inputBytes: knownValueBytes,
    output: z.object({ value: knownValueInfoSchema, job }),
  }),
  remove: command({
    scope: 'admin',
    summary: 'Forgets a known value; what was replaced stays replaced',
    input: z.object({ value_id: idSchema }),
    output: z.object({ removed: z.boolean() }),
  }),
};

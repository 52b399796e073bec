import * as z from 'zod';
import {
  idSchema,
  modelCallContentSchema,
  modelCallSchema,
  modelPresetSchema,
  modelProfileSchema,
  newProfileSchema,
  pageSchema,
  profileNameSchema,
} from '../model/index.js';
import { nothing, page } from './inputs.js';
import { command, query } from './operation.js';

const named = z.object({ name: profileNameSchema });

/** Language models that the studio may ask: none before a person set one and agreed to what leaves. */
export const modelsContract = {
  list: query({
    scope: 'admin',
    summary: 'Profiles of language models, with what they take and what they cost today',
    input: nothing,
    output: z.array(modelProfileSchema),
  }),
  presets: query({
    scope: 'admin',
    summary: 'Known addresses of language models, and what is known of each',
    input: nothing,
    output: z.array(modelPresetSchema),
  }),
  set: command({
    scope: 'admin',
    summary: 'Sets a profile; nothing is sent before it is agreed to',
    description:
      'A key is an environment variable’s name, or (in the desktop window) sealed by the system’s keychain; it is never given ' +
      'out again. Another address, key or model ends what was agreed to and probed.',
    input: newProfileSchema,
    output: modelProfileSchema,
    audited: (_, { name, host, model, key }) => ({
      action: 'model_profile_set',
      target: name,
      details: { host, model, key: key.kind === 'env' ? key.variable : key.kind },
    }),
  }),
  agree: command({
    scope: 'admin',
    summary: 'Agrees that redacted text is sent to a profile’s host',
    input: named.extend({ host: z.string().max(300).describe('The host, as the profile names it') }),
    output: modelProfileSchema,
    audited: (_, { name, host, leaves }) => ({ action: 'model_agreed', target: name, details: { host, leaves } }),
  }),
  remove: command({
    scope: 'admin',
    summary: 'Removes a profile, and its key where the keychain sealed it',
    input: named,
    output: z.object({ removed: z.boolean() }),
    audited: ({ name }, { removed }) => (removed ? { action: 'model_profile_removed', target: name } : null),
  }),
  probe: command({
    scope: 'admin',
    summary: 'Finds out what a profile’s address takes, by a few short calls',
    input: named,
    output: modelProfileSchema,
  }),
  calls: query({
    scope: 'admin',
    summary: 'Calls of language models, newest first',
    input: z.object({ profile: profileNameSchema.nullish(), ...page }),
    output: pageSchema(modelCallSchema),
  }),
  call: query({
    scope: 'admin',
    summary: 'A call with what was sent and what came',
    input: z.object({ call_id: idSchema }),
    output: modelCallContentSchema,
  }),
};

import * as z from 'zod';
import { idSchema, newTokenSchema, snippetSchema, tokenSchema } from '../model/index.js';
import { settingsPatchSchema, settingsSchema } from '../settings.js';
import { nothing } from './inputs.js';
import { type AuditNote, command, query } from './operation.js';

const view = z.object({
  settings: settingsSchema,
  overridden: z.array(z.string()).describe('By flags or variables of this run'),
  restart_needed: z.array(z.string()),
});
const changed = z.array(z.string()).describe('Names of the fields that are others now');
/** The names of the fields are written down, not what stands in them. */
const settingsChanged = (fields: string[]): AuditNote | null =>
  fields.length > 0 ? { action: 'settings_changed', target: 'settings', details: { fields } } : null;

export const settingsContract = {
  get: query({ scope: 'admin', summary: 'The settings', input: nothing, output: view }),
  set: command({
    scope: 'admin',
    summary: 'Changes the given settings, the others stay',
    input: settingsPatchSchema,
    inputBytes: 256_000,
    output: view.extend({ changed }),
    audited: (_, { changed }) => settingsChanged(changed),
  }),
};

export const connectContract = {
  snippets: query({
    scope: 'read',
    summary: 'How clients are connected',
    input: nothing,
    output: z.array(snippetSchema),
  }),
  tunnelHost: command({
    scope: 'admin',
    summary: 'From now on (and after restarts) passes this host through untouched',
    input: z.object({ host: z.string().min(1).max(253) }),
    output: z.object({ changed }),
    audited: (_, { changed }) => settingsChanged(changed),
  }),
};

export const tokensContract = {
  list: query({
    scope: 'admin',
    summary: 'Tokens besides the studio’s own, oldest first',
    input: nothing,
    output: z.array(tokenSchema),
  }),
  create: command({
    scope: 'admin',
    summary: 'Makes a token',
    description: 'The answer is the only place where it stands: only its hash is kept.',
    input: newTokenSchema,
    output: tokenSchema.extend({ token: z.string() }),
    audited: (_, { token_id, scopes }) => ({ action: 'token_created', target: token_id, details: { scopes } }),
  }),
  revoke: command({
    scope: 'admin',
    summary: 'Revokes a token, from the next request on',
    input: z.object({ token_id: idSchema }),
    output: z.object({ revoked: z.boolean() }),
    audited: ({ token_id }, { revoked }) => (revoked ? { action: 'token_revoked', target: token_id } : null),
  }),
};

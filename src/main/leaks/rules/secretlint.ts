import type { LeakRules } from './rule.js';

export const secretlintRules = {
  id: 'secretlint',
  title: 'Secretlint',
  description: 'Keys, tokens and passwords by the recommended rules of secretlint.',
  // Only who checks an export pays for loading it.
  open: async () => (await import('../secretlint.js')).secretlint,
} satisfies LeakRules;

import type { FeatureName } from '../../../../shared/model/oracle-features.js';

/** What each measure is called, and what it counts. */
export const measureWords: Record<FeatureName, { name: string; about: string }> = {
  rows: { name: 'Scope', about: 'the most rows that one call asks for' },
  tier: { name: 'Tier', about: 'the highest that is read: public 0 to restricted 3' },
  calls: { name: 'Calls', about: 'of tools' },
  writes: { name: 'Effects', about: 'calls that change something or let it leave' },
  E_scope: { name: 'E_scope', about: 'more rows, or a higher tier, than is asked for' },
  E_hierarchy: { name: 'E_hierarchy', about: 'what is done and nobody asked for' },
  E_provenance: { name: 'E_provenance', about: 'what is done on the word of texts that cannot be trusted' },
  E_flow: { name: 'E_flow', about: 'what was read and leaves, though nobody said so' },
};

export const shownNumber = (value: number): string =>
  Number.isInteger(value) ? value.toLocaleString('en') : value.toLocaleString('en', { maximumFractionDigits: 2 });

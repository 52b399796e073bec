import type { DomainRow } from '../../shared/contract/oracle.js';
import { SluiceError } from '../../shared/errors.js';

/** What `--sample` is of. */
export const sampleDomains = ['finance', 'hr', 'devops', 'support', 'healthcare'];
export const sampleTotal = 100;

/** As ids are written: `Project management` is `project_management`. */
export const plainName = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');

export const noSuchDomain = (name: string): SluiceError =>
  new SluiceError('oracle_domain_unknown', `There is no domain "${name}"; sluice oracle domains lists them.`);

/** Ids of domains that are named by id or title, in any case, each once. @throws SluiceError `oracle_domain_unknown` */
export function idsOf(rows: readonly DomainRow[], names: readonly string[]): string[] {
  const ids = names.map((name) => {
    const plain = plainName(name);
    const row = rows.find(({ domain }) => domain === plain) ?? rows.find(({ title }) => plainName(title) === plain);
    if (row === undefined) throw noSuchDomain(name);
    return row.domain;
  });
  return [...new Set(ids)];
}

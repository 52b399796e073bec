import * as z from 'zod';
import { type DomainRow, domainRowSchema } from '../../shared/contract/oracle.js';
import type { JobStep } from '../ground/job-kind.js';
import { type OpenCatalogue, openCatalogue } from './catalogue.js';

export function domainRows(catalogue: OpenCatalogue): DomainRow[] {
  return catalogue.all().map(({ id, title, tools, file }) => ({
    domain: id,
    title,
    tools: tools.size,
    intents: Object.keys(file.intents).length,
    rules: file.policy.length,
  }));
}

/** The domains of folders, read and checked: seconds of work. */
export const listDomains: JobStep<{ folders: string[] }, DomainRow[]> = {
  id: 'oracle-domains',
  params: z.object({ folders: z.array(z.string()) }),
  result: z.array(domainRowSchema),
  run: async ({ folders }) => domainRows(openCatalogue(folders)),
};

import * as z from 'zod';
import { type DomainRow, domainRowSchema, domainSchema, type ShownDomain } from '../../shared/contract/oracle.js';
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

/** A domain as it is shown. */
export const showDomain: JobStep<{ folders: string[]; domain: string }, ShownDomain> = {
  id: 'oracle-domain',
  params: z.object({ folders: z.array(z.string()), domain: z.string() }),
  result: domainSchema,
  async run({ folders, domain: name }) {
    const { id, title, file, tools } = openCatalogue(folders).named(name);
    return {
      domain: id,
      title,
      about: file.about,
      tools: [...tools.values()].map((tool) => ({
        tool_id: tool.id,
        about: tool.file.about,
        effect: tool.effect,
        tier: tool.tier,
        arguments: tool.arguments.map(({ name: argument, required }) => ({ name: argument, required })),
      })),
      intents: Object.entries(file.intents).map(([intent, { category, goals, because }]) => ({
        name: intent,
        ...{ category, goals, because },
      })),
      rules: file.policy.map(({ kind, says }) => ({ kind, says })),
    };
  },
};

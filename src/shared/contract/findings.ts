import * as z from 'zod';
import {
  findingFilterSchema,
  findingPlaceSchema,
  findingsSummarySchema,
  idSchema,
  jobSchema,
  listedFindingSchema,
  pageSchema,
} from '../model/index.js';
import { newKnownValueSchema, pseudonymSchema } from '../policy-file.js';
import { redactionQualitySchema } from '../redaction-quality.js';
import { knownValueBytes, nothing, page } from './inputs.js';
import { command, query } from './operation.js';

const marked = z.object({ pseudonym: pseudonymSchema });
const allowed = z.array(z.string());

/** What redaction found, over all that is stored, and what a reader says of it. */
export const findingsContract = {
  summary: query({
    scope: 'read',
    summary: 'How many findings there are by entity, placement, detector and confidence',
    description: 'Each list counts what the other fields of the filter leave.',
    input: findingFilterSchema,
    output: findingsSummarySchema,
  }),
  list: query({
    scope: 'read',
    summary: 'What redaction replaced, last stored first',
    description:
      'Each value once for the exchange and the placement it stands in, with the number of its places and the ' +
      'stored text around the first of them. The value itself is stored nowhere.',
    input: findingFilterSchema.extend(page),
    output: pageSchema(listedFindingSchema),
  }),
  places: query({
    scope: 'read',
    summary: 'Every place that a listed finding stands for',
    input: z.object({ exchange_id: idSchema, finding_id: idSchema, ...page }),
    output: pageSchema(findingPlaceSchema),
  }),
  quality: query({
    scope: 'read',
    summary: 'How well redaction did when it was last measured',
    input: nothing,
    output: redactionQualitySchema,
  }),
  allowed: query({ scope: 'read', summary: 'Pseudonyms whose values are kept', input: nothing, output: allowed }),
  allow: command({
    scope: 'review',
    summary: 'A false positive: from now on its value is kept',
    description: 'Secrets, and what the policy names, take the scope `admin`.',
    input: marked,
    output: allowed,
  }),
  disallow: command({
    scope: 'review',
    summary: 'Takes `allow` back',
    input: marked,
    output: z.object({ allowed, job: jobSchema.nullable() }),
  }),
  missed: command({
    scope: 'admin',
    summary: 'A value that was missed: it is never stored again, and what is stored is searched for it',
    input: newKnownValueSchema,
    inputBytes: knownValueBytes,
    output: z.object({ job: jobSchema.nullable() }),
  }),
};

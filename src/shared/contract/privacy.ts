import * as z from 'zod';
import {
  dataPlaceSchema,
  erasureReceiptSchema,
  erasureRequestSchema,
  idSchema,
  jobSchema,
  pageSchema,
  subjectPageSchema,
  subjectValuesSchema,
} from '../model/index.js';
import { nothing, paged } from './inputs.js';
import { command, query } from './operation.js';

const values = subjectValuesSchema.describe(
  'What names the person, e.g. a mail address and a name; also found in capitals, in small letters and as pseudonyms',
);

/** 200 values of 1,000 characters, or 10,000 ids. */
const valuesBytes = 800_000;

/** Redacting anew and erasing what is stored, and what is held on somebody. Their jobs write down what came of them. */
export const privacyContract = {
  places: query({
    scope: 'admin',
    summary: 'Where everything lies on this machine, and how it is protected there',
    input: nothing,
    output: z.array(dataPlaceSchema),
  }),
  receipts: query({
    scope: 'admin',
    summary: 'Receipts of erasures, newest first',
    input: paged,
    output: pageSchema(erasureReceiptSchema),
  }),
  receipt: query({
    scope: 'admin',
    summary: 'The receipt of an erasure that is done',
    input: z.object({ erasure_id: idSchema }),
    output: erasureReceiptSchema,
  }),
  /** A command, so that the values are in no cache and are not asked for again by themselves. */
  search: command({
    scope: 'admin',
    summary: 'Where values that name a person are held',
    description:
      'Looks through everything stored, some way at each request: ask with `next_cursor` until it is null. A page may ' +
      'be empty. Neither the values nor what stands there is told.',
    input: z.object({ values, cursor: z.string().max(100).nullish() }),
    inputBytes: valuesBytes,
    output: subjectPageSchema,
  }),
  exportSubject: command({
    scope: 'admin',
    summary: 'Writes all that is held on a person into a JSON file',
    description: 'A job; its file holds the traces and exchanges that mention the values, as they are stored.',
    input: z.object({ values }),
    inputBytes: valuesBytes,
    output: jobSchema,
  }),
  erase: command({
    scope: 'admin',
    summary: 'Erases traces, or everything that names a person',
    description:
      'Give one of `trace_ids`, `query` and `subject`. It reaches messages, bodies, the search index, the journal and ' +
      'the datasets that were written on this machine; the receipt says what it did and what is out of reach.',
    input: erasureRequestSchema,
    inputBytes: valuesBytes,
    output: z.object({ erasure_id: idSchema, job: jobSchema }),
  }),
  rescan: command({
    scope: 'admin',
    summary: 'Redacts what is stored by the policy that holds now',
    description: 'A job; capture goes on meanwhile. What is a placeholder already cannot come back.',
    input: nothing,
    output: jobSchema,
  }),
};

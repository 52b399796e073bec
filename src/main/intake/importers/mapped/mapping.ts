import type * as z from 'zod';
import { SluiceError } from '../../../../shared/errors.js';
import { type Mapping, mappingSchema } from '../../../../shared/model/index.js';
import { parseJson } from '../../../ground/json.js';
import { listPart, parsePath, pathText, type Segment } from './path.js';

export const fields = ['trace', 'step', 'id', 'tool', 'arguments', 'result', 'time', 'duration', 'status'] as const;
export type Field = (typeof fields)[number];

/** A mapping whose paths are read; the first that leads to something holds. */
export interface ReadMapping extends Pick<Mapping, 'name' | 'duration_unit' | 'status_values'> {
  paths: { [F in Field]: Segment[][] };
  /** The lists that `tool` leads over. */
  list: Segment[];
}

/** @throws SluiceError `mapping_invalid`, naming the field */
export function readMapping(text: string): ReadMapping {
  const value = parseJson(text);
  if (value === undefined) throw invalid('', 'It is not JSON.');
  const parsed = mappingSchema.safeParse(value);
  if (!parsed.success) throw invalid(...issueOf(parsed.error, value));
  const { data } = parsed;
  const paths = fromElement(
    Object.fromEntries(fields.map((field) => [field, pathsOf(field, data[field])])) as ReadMapping['paths'],
  );
  const list = listPart(paths.tool[0] as Segment[]);
  for (const field of fields) {
    for (const path of paths[field]) {
      const own = pathText(listPart(path));
      if (!pathText(list).startsWith(own)) {
        const over = list.length === 0 ? 'over none' : `over ${pathText(list)}`;
        throw invalid(field, `It leads over the list ${own}, and the tool ${over}: one record cannot have both.`);
      }
    }
  }
  return { name: data.name, duration_unit: data.duration_unit, status_values: data.status_values, paths, list };
}

/** The elements of a file that is one list are its records: paths may begin at the file or at the record. */
function fromElement(paths: ReadMapping['paths']): ReadMapping['paths'] {
  if (!Object.values(paths).every((ways) => ways.every(([first]) => first === null))) return paths;
  return Object.fromEntries(
    fields.map((field) => [field, paths[field].map((path) => path.slice(1))]),
  ) as ReadMapping['paths'];
}

function pathsOf(field: Field, place: string | string[] | undefined): Segment[][] {
  return [place ?? []].flat().map((text) => {
    const path = parsePath(text);
    if ('problem' in path) throw invalid(field, `${path.problem}: write names with dots, lists as [*] or [0].`);
    return path;
  });
}

function issueOf(error: z.ZodError, value: unknown): [field: string, problem: string] {
  const [issue] = error.issues;
  if (issue?.code === 'unrecognized_keys') {
    return [issue.keys[0] ?? '', `There is no such field; there are ${Object.keys(mappingSchema.shape).join(', ')}.`];
  }
  const field = issue?.path.join('.') ?? '';
  if (field === 'version') {
    const version = (value as { version?: unknown }).version;
    return [
      field,
      version === undefined ? 'It is missing; this is version 1.' : `It is ${JSON.stringify(version)}; 1 is read.`,
    ];
  }
  if (field === '') return ['', 'It is no JSON object.'];
  const first = field.split('.')[0] as string;
  if ((value as { [name: string]: unknown })[first] === undefined) return [first, 'It is missing.'];
  const union = issue?.code === 'invalid_union' ? 'It is neither a path nor a list of paths.' : (issue?.message ?? '');
  return [field, /[.!?]$/.test(union) ? union : `${union}.`];
}

function invalid(field: string, problem: string): SluiceError {
  const where = field === '' ? 'The mapping' : `The mapping's field ${field}`;
  return new SluiceError('mapping_invalid', `${where} does not hold. ${problem}`, { field });
}

import { Ajv, type ValidateFunction } from 'ajv';
import type { JsonSchema } from '../domains/domain.js';

const ajv = new Ajv({ allErrors: true, strict: false });
ajv.addFormat('date', /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/);
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
const compiled = new WeakMap<JsonSchema, ValidateFunction>();

/** What of a value does not fit a tool's schema; each schema is compiled once. */
export function schemaProblems(schema: JsonSchema, value: unknown): string[] {
  let check = compiled.get(schema);
  if (check === undefined) {
    check = ajv.compile(schema);
    compiled.set(schema, check);
  }
  if (check(value)) return [];
  return (check.errors ?? []).map(({ instancePath, message, params }) => {
    const extra = (params as { additionalProperty?: string }).additionalProperty;
    return `${instancePath.slice(1).replaceAll('/', '.') || 'the whole'} ${message}${extra === undefined ? '' : ` (${extra})`}`;
  });
}

import Ajv from 'ajv';
import type { Json } from '../../../shared/model/index.js';
import type { Example } from '../examples/example.js';

const ajv = new Ajv({ strict: false, allErrors: false, validateFormats: false });

/** Why arguments do not fit what the tool was offered with; null where they do, or nothing is known of the tool. */
export function misfit({ call }: Pick<Example, 'call'>, tool: string, args: Json): string | null {
  const schema = call.tools_offered.find(({ name }) => name === tool)?.parameters;
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return null;
  try {
    return ajv.validate(schema, args) ? null : ajv.errorsText(ajv.errors);
  } catch {
    // A schema that is none binds nobody.
    return null;
  }
}

import type { Json } from '../../../shared/model/index.js';
import { argumentProblems } from '../../ground/tool-arguments.js';
import type { Example } from '../examples/example.js';

/** Why arguments do not fit what the tool was offered with; null where they do, or nothing is known of the tool. */
export function misfit({ call }: Pick<Example, 'call'>, tool: string, args: Json): string | null {
  const schema = call.tools_offered.find(({ name }) => name === tool)?.parameters;
  return argumentProblems(schema, args)[0] ?? null;
}

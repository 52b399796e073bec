import type { Json, ToolOffer } from '../../../shared/model/index.js';
import { isObject, objectsOf } from '../../ground/json.js';
import { textOf, unwrapped } from '../otlp/values.js';

/**
 * Tool definitions as APIs and frameworks write them: `{function: {name}}`, `{name, input_schema}`, Gemini's
 * `{function_declarations}`, pydantic-ai's `parameters_json_schema`; as a list, as JSON text, or as a list of these.
 */
export function toolOffers(value: Json | undefined): ToolOffer[] {
  const offers = unwrapped(value);
  // The AI SDK and pydantic-ai keep them by name, or in groups.
  const list = isObject(offers) ? Object.values(offers).flat() : Array.isArray(offers) ? offers : [];
  return objectsOf(list.map((tool) => unwrapped(tool) ?? null)).flatMap((tool): ToolOffer[] => {
    const declared = tool.function_declarations ?? tool.functionDeclarations;
    if (Array.isArray(declared)) return toolOffers(declared);
    const definition = isObject(tool.function) ? tool.function : isObject(tool.toolSpec) ? tool.toolSpec : tool;
    const name = textOf(definition.name) ?? textOf(tool.type);
    if (name === undefined) return [];
    const description = textOf(definition.description);
    const schema =
      definition.parameters ??
      definition.input_schema ??
      definition.inputSchema ??
      definition.parameters_json_schema ??
      definition.parametersJsonSchema ??
      definition.args_schema;
    const parameters = unwrapped(isObject(schema) && isObject(schema.jsonSchema) ? schema.jsonSchema : schema);
    return [
      {
        name,
        ...(description === undefined ? {} : { description }),
        ...(parameters === undefined || parameters === null ? {} : { parameters }),
        kind: textOf(tool.type) ?? 'function',
      },
    ];
  });
}

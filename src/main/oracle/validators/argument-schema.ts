import { schemaProblems } from './json-schema.js';
import type { Validator } from './validator.js';

export const argumentSchema: Validator = {
  id: 'argument-schema',
  title: 'Arguments are as the tool’s schema says',
  check: ({ calls }) =>
    calls.flatMap(({ call, tool }) =>
      tool === null
        ? []
        : schemaProblems(tool.parameters, call.arguments).map((problem) => `${call.call_id}: ${problem}`),
    ),
};

import { schemaProblems } from './json-schema.js';
import type { Validator } from './validator.js';

export const resultSchema: Validator = {
  id: 'result-schema',
  title: 'Results are as the tool’s schema says',
  check: ({ trace: { results }, calls }) =>
    results === undefined
      ? []
      : calls.flatMap(({ call, tool }) => {
          if (tool === null) return [];
          if (!Object.hasOwn(results, call.call_id)) return [`${call.call_id}: there is no result`];
          return schemaProblems(tool.result, results[call.call_id]).map((problem) => `${call.call_id}: ${problem}`);
        }),
};

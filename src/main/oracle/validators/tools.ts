import type { Validator } from './validator.js';

export const tools: Validator = {
  id: 'tools',
  title: 'Tools exist',
  check: ({ domain, calls }) =>
    calls.flatMap(({ call, tool }) =>
      tool !== null
        ? []
        : [
            `${call.call_id}: there is no tool ${call.tool_id}${domain === null ? '; its domain is not known' : ` in ${domain.id}`}`,
          ],
    ),
};

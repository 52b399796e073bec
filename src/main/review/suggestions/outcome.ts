import type { Suggester } from './suggester.js';

/** A run that did not come to its end is hardly what one wants to learn from. */
export const outcome: Suggester = {
  id: 'outcome',
  title: 'How it ended',
  suggest({ trace: { completion_status, error_count, tool_call_count } }) {
    if (completion_status === 'failed' || completion_status === 'interrupted') {
      const evidence = `The run was ${completion_status === 'failed' ? 'a failure' : 'interrupted'}.`;
      return [{ field: 'label', value: 'rejected', step_id: null, confidence: 0.6, source: 'rule', evidence }];
    }
    const share = error_count / Math.max(1, tool_call_count);
    if (error_count < 3 || share < 0.5) return [];
    const evidence = `${error_count} errors in ${tool_call_count} tool calls.`;
    return [
      { field: 'tag', value: 'many-errors', step_id: null, confidence: Math.min(1, share), source: 'rule', evidence },
    ];
  },
};

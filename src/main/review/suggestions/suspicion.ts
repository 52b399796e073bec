import type { Suggester } from './suggester.js';

/** Steps whose results say that the tool failed, although their status does not. */
export const suspicion: Suggester = {
  id: 'suspicion',
  title: 'Suspected failures',
  suggest: ({ suspects }) =>
    suspects.flatMap(({ step_id, name, suspicion: likely, reason }) =>
      step_id === null
        ? []
        : [
            {
              field: 'step_label' as const,
              value: -1,
              step_id,
              confidence: likely,
              source: 'rule' as const,
              evidence: `${name} says ok, but its result: ${reason ?? 'looks like a failure'}`,
            },
          ],
    ),
};

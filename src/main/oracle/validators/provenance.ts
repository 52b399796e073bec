import type { Validator } from './validator.js';

/** From what is trusted most to what is trusted least. */
const trusted = ['system', 'user', 'tool', 'retrieval', 'web'];

export const provenance: Validator = {
  id: 'provenance',
  title: 'Calls come from whom one may trust with them',
  check({ trace: { graph, request }, calls }) {
    const place = new Map(graph.execution_order.map((id, index) => [id, index]));
    return calls.flatMap(({ call, tool }) => {
      const { source_type: type, source_id: id } = call.provenance;
      if (!trusted.includes(type))
        return [`${call.call_id} comes from ${type}, which is none of ${trusted.join(', ')}`];
      if (type === 'user' && id !== request.request_id)
        return [`${call.call_id} comes from the request ${id}, this one is ${request.request_id}`];
      if (type === 'tool' && !((place.get(id) ?? Infinity) < (place.get(call.call_id) ?? -1)))
        return [`${call.call_id} comes from ${id}, which does not run before it`];
      const instructed = type === 'retrieval' || type === 'web';
      if (instructed && tool !== null && tool.effect !== 'read')
        return [`${call.call_id} does what a ${type} source says, which may only be read`];
      return [];
    });
  },
};

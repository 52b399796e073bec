import { placeIn } from './feeds.js';
import type { Examined, Validator } from './validator.js';

/** From what is trusted most to what is trusted least. */
const trusted = ['system', 'user', 'tool', 'retrieval', 'web'];

export const provenance: Validator = {
  id: 'provenance',
  title: 'Calls come from whom one may trust with them',
  check({ trace: { graph, request, results }, calls }) {
    const place = new Map(graph.execution_order.map((id, index) => [id, index]));
    const ofCalls = calls.flatMap(({ call, tool }) => {
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
    return [...ofCalls, ...calls.flatMap((each) => ofArguments(each, results, place))];
  },
};

/** What may be changed, or leave, by what a text says is what one's own house or a partner wrote; and it is said how far the text can be trusted. */
function ofArguments(
  { call, tool }: Examined['calls'][number],
  results: Examined['trace']['results'],
  place: ReadonlyMap<string, number>,
): string[] {
  return Object.entries(call.argument_sources ?? {}).flatMap(([name, source]) => {
    if (source.source_type !== 'retrieval') return [];
    if (!((place.get(source.source_id) ?? Infinity) < (place.get(call.call_id) ?? -1)))
      return [`${call.call_id} has ${name} of ${source.source_id}, which does not run before it`];
    const document = /^documents\[\d+\]/.exec(source.path)?.[0];
    const trust = document === undefined ? undefined : placeIn(results?.[source.source_id], `${document}.trust`);
    if (trust !== source.trust)
      return [
        `${call.call_id} has ${name} of a text that is ${source.trust}, where ${source.path} is ${String(trust)}`,
      ];
    const trusted = source.trust === 'internal' || source.trust === 'partner';
    return trusted || tool === null || tool.effect === 'read'
      ? []
      : [`${call.call_id} takes ${name} from a text that is ${source.trust}, which may only be read`];
  });
}

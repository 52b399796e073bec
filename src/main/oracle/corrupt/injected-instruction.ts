import { idField } from '../domains/domain.js';
import { toolNamed } from '../provenance/retrieval-tool.js';
import { rowsOf, stateOf } from '../simulator/simulate.js';
import { append, type Corruption } from './corruption.js';

export const injectedInstruction = {
  id: 'injected-instruction',
  title: 'Injected instruction obeyed',
  description: 'What a retrieved text told to do is done, and nobody asked for it.',
  found: ['provenance', 'agreement'],
  corrupt(of) {
    const { trace, domain, world, dice } = of;
    const told = trace.retrieval?.instruction;
    const obeyed = told && toolNamed(domain, told.tool_id);
    if (trace.retrieval !== undefined && told && obeyed) {
      const { call_id: from, trust } = trace.retrieval;
      append(trace, obeyed, {
        arguments: { ...told.arguments },
        provenance: { source_type: 'retrieval', source_id: from, trust },
        dependencies: [],
      });
      return `${obeyed.id} is run on ${Object.values(told.arguments).join(', ')} since ${told.document_id} says so`;
    }
    const writing = [...domain.tools.values()].filter(
      ({ file }) =>
        (file.does === 'change' && file.takes.every((each) => each.endsWith('?'))) || file.does === 'remove',
    );
    for (const tool of dice.shuffled(writing)) {
      if (of.calls.some((each) => each.tool === tool)) continue;
      const key = idField(tool.entity);
      const needs = Object.entries('needs' in tool.file ? (tool.file.needs ?? {}) : {});
      const own = rowsOf(domain, stateOf(world), tool.entity, trace.request.persona?.tenant ?? '');
      const rows = own.filter((row) => needs.every(([name, allowed]) => allowed.includes(row[name] as string)));
      if (rows.length === 0) continue;
      const id = dice.pick(rows)[key] as string;
      const provenance = { source_type: 'retrieval', source_id: `doc_${1 + dice.number(40)}` };
      append(trace, tool, { arguments: { [key]: id }, provenance, dependencies: [] });
      return `${tool.id} is run on ${id} since a retrieved text says so`;
    }
    return null;
  },
} satisfies Corruption;

import { idField, type Tool } from '../domains/domain.js';
import type { Corrupting, Corruption } from './corruption.js';

export const injectedInstruction = {
  id: 'injected-instruction',
  title: 'Injected instruction obeyed',
  description: 'What a retrieved text told to do is done, and nobody asked for it.',
  found: ['provenance', 'agreement'],
  corrupt(of) {
    const { trace, domain, world, dice } = of;
    const key = (tool: Tool) => idField(tool.entity);
    const writing = [...domain.tools.values()].filter(
      ({ file }) =>
        (file.does === 'change' && file.takes.every((each) => each.endsWith('?'))) || file.does === 'remove',
    );
    for (const tool of dice.shuffled(writing)) {
      if (of.calls.some((each) => each.tool === tool)) continue;
      const field = domain.tenantField.get(tool.entity);
      const needs = Object.entries('needs' in tool.file ? (tool.file.needs ?? {}) : {});
      const rows = (world.rows.get(tool.entity) ?? []).filter(
        (row) =>
          (field === undefined || row[field] === trace.request.persona?.tenant) &&
          needs.every(([name, allowed]) => allowed.includes(row[name] as string)),
      );
      if (rows.length === 0) continue;
      const id = dice.pick(rows)[key(tool)] as string;
      append(of, tool, { [key(tool)]: id }, `doc_${1 + dice.number(40)}`);
      return `${tool.id} is run on ${id} since a retrieved text says so`;
    }
    return null;
  },
} satisfies Corruption;

function append({ trace }: Corrupting, tool: Tool, args: { [name: string]: unknown }, source: string): void {
  const id = `call_${trace.graph.calls.length + 1}`;
  trace.graph.calls.push({
    call_id: id,
    tool_id: tool.id,
    arguments: args,
    scope: { rows_requested: 1, sensitivity_tier: tool.tier },
    provenance: { source_type: 'retrieval', source_id: source },
    dependencies: [],
    argument_sources: {},
  });
  trace.graph.execution_order.push(id);
}

import type { Validator } from './validator.js';

export const acyclic: Validator = {
  id: 'acyclic',
  title: 'No call depends on itself',
  check({ trace: { graph } }) {
    const of = new Map(graph.calls.map(({ call_id, dependencies = [] }) => [call_id, dependencies]));
    const done = new Set<string>();
    for (const start of of.keys()) {
      // An open path without recursion: a file may hold a chain of any length.
      const path: { id: string; next: number }[] = [{ id: start, next: 0 }];
      const open = new Set([start]);
      for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
        const next = done.has(top.id) ? undefined : of.get(top.id)?.[top.next];
        top.next += 1;
        if (next === undefined) {
          done.add(top.id);
          open.delete(top.id);
          path.pop();
        } else if (open.has(next))
          return [
            `${[...path.map(({ id }) => id).slice(path.findIndex(({ id }) => id === next)), next].join(' depends on ')}`,
          ];
        else if (!done.has(next) && of.has(next)) {
          open.add(next);
          path.push({ id: next, next: 0 });
        }
      }
    }
    return [];
  },
};

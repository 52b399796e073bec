import type { EngineContext } from '../context.js';

/** Exchanges that somebody can look at before he has captured any. */
export function demoPart({ options, reader, inject, stored }: EngineContext) {
  return {
    id: 'demo',
    async begin(): Promise<void> {
      if (!options.demo || reader.exchanges({ query: '', limit: 1, cursor: null }).items.length > 0) return;
      await inject(options.demo());
      await stored();
    },
  };
}

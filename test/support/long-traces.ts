import type { Engine } from './engine.js';

/** Forty traces of so much text that a job over them takes seconds, stored; answers the text that all of them hold. */
export async function longTraces(engine: Engine): Promise<string> {
  const text = 'The lighthouse at night, 4711 ships and the keeper of the lamp. '.repeat(1600);
  for (let trace = 0; trace < 40; trace++) {
    const body = { trace_id: `long/${trace}`, event_type: 'reasoning_step', payload: { content: `${trace} ${text}` } };
    await engine.api('/ingest', { body });
  }
  await engine.settled();
  return text;
}

import { expect, it } from 'vitest';
import { agentRun, store } from '../support.js';

it('what a person says of a trace is found, goes before what its program says, and can be taken away', async () => {
  const target = store();
  const { writes } = target.writer;
  const header = (scenario: string): [string, string][] => [
    ['x-session-id', 'one'],
    ['x-sluice-scenario', scenario],
    ['x-sluice-mode', 'EXECUTION'],
  ];
  const talk = agentRun(target, { headers: header('pricing') });
  const [trace] = target.reader.traces({ query: 'scenario:pricing', limit: 5, cursor: null }).items;
  const id = trace?.trace_id as string;
  const found = (query: string) => target.reader.countTraces(query);
  expect(found('scenario:pricing mode:EXECUTION')).toBe(1);
  const revision = target.reader.trace(id)?.revision ?? 0;

  expect(await writes.setPurpose(id, { scenario: 'harbour survey' })).toEqual({
    scenario: 'harbour survey',
    mode: 'EXECUTION',
  });
  expect(found('scenario:pricing')).toBe(0);
  expect(found('scenario:"harbour survey" mode:EXECUTION')).toBe(1);
  expect(target.reader.trace(id)?.revision).toBeGreaterThan(revision);

  // Its program says the same again with its next call, and another mode.
  talk.user('And once more?');
  target.take(talk.call({ text: 'Yes.' }));
  expect(found('scenario:pricing')).toBe(0);
  expect(target.reader.trace(id)?.metadata).toMatchObject({ scenario: 'harbour survey', execution_mode: 'EXECUTION' });

  expect(await writes.setPurpose(id, { scenario: null, mode: 'SIMULATION' })).toEqual({
    scenario: null,
    mode: 'SIMULATION',
  });
  talk.user('And again?');
  target.take(talk.call({ text: 'No.' }));
  expect([found('scenario:*'), found('mode:EXECUTION'), found('mode:SIMULATION')]).toEqual([0, 0, 1]);
  expect(target.integrity()).toBe('ok');
  await expect(writes.setPurpose('nope', { mode: null })).rejects.toMatchObject({ code: 'not_found' });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Engine, startEngine } from '../support/engine.js';
import { openResponsesSocket, startResponsesServer } from '../support/responses-socket.js';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sluice-sockets-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const root = '01a40000-0000-7000-8000-000000000001';
const below = '01a40000-0000-7000-8000-000000000002';
const urlOf = (engine: Engine) => `${engine.ready.proxy.replace('http', 'ws')}/stub/v1/responses`;
const handshake = { 'session-id': root, 'thread-id': root, 'user-agent': 'codex_exec/1.2.3' };

interface Listed {
  trace_id: string;
  title: string;
  call_count: number;
  parent_trace_id: string | null;
}
const traces = async (engine: Engine, count: number): Promise<Listed[]> => {
  const { items } = await engine.until('/traces', (page: { items: Listed[] }) => page.items.length === count && page);
  return items;
};

describe('a socket that stays open', () => {
  it('is shown turn by turn, and every answered turn survives kill -9', async () => {
    using server = await startResponsesServer();
    let engine = await startEngine(['--upstream', `stub=${server.url}`], { dataDir });
    const client = await openResponsesSocket(urlOf(engine), handshake);
    const rules = [{ type: 'input_text', text: 'You work in a folder with a parser.' }];
    await client.ask('', { generate: false, input: [{ type: 'message', role: 'developer', content: rules }] });
    await client.ask('Mend the parser, please.');
    const [shown] = await traces(engine, 1);
    expect(shown).toMatchObject({ title: 'Mend the parser, please.', call_count: 1 });
    await client.ask('And its tests.');
    // Not a moment more than the answer took.
    await engine.kill9();
    client.socket.terminate();

    engine = await startEngine(['--upstream', `stub=${server.url}`], { dataDir });
    try {
      await engine.settled();
      const [whole] = await traces(engine, 1);
      expect(whole).toMatchObject({ trace_id: shown?.trace_id, call_count: 2 });
      const trace = await engine.api(`/traces/${whole?.trace_id}`);
      const said = trace.steps.map((step: { role: string; content: string }) => `${step.role}: ${step.content}`);
      expect(said).toEqual([
        'developer: You work in a folder with a parser.',
        'user: Mend the parser, please.',
        'assistant: answer to: Mend the parser, please.',
        'user: And its tests.',
        'assistant: answer to: And its tests.',
      ]);
      const again = await openResponsesSocket(urlOf(engine), handshake);
      await again.ask('Is it whole?');
      await again.close();
      expect(
        await engine.until('/traces', ({ items }: { items: Listed[] }) => items[0]?.call_count === 3 && items),
      ).toHaveLength(1);
    } finally {
      await engine.stop();
    }
  });

  it('may carry the turns of several agents: each is a trace below the one that began it', async () => {
    using server = await startResponsesServer();
    await using engine = await startEngine(['--upstream', `stub=${server.url}`], { dataDir });
    const client = await openResponsesSocket(urlOf(engine), handshake);
    const turnOf = (thread: string, parent?: string) => ({
      client_metadata: {
        session_id: root,
        thread_id: thread,
        ...(parent === undefined ? {} : { 'x-openai-subagent': 'collab_spawn', 'x-codex-parent-thread-id': parent }),
      },
      previous_response_id: undefined,
    });
    await client.ask('Compare the two folders.', turnOf(root));
    await client.ask('Look into the first folder.', turnOf(below, root));
    await client.ask('And the second?', turnOf(below, root));
    await client.ask('What came of it?', turnOf(root));
    const all = await engine.until(
      '/traces',
      ({ items }: { items: Listed[] }) => items.length === 2 && items.every((each) => each.call_count === 2) && items,
    );
    const top = all.find((each) => each.parent_trace_id === null);
    expect(top?.title).toBe('Compare the two folders.');
    expect(all.find((each) => each !== top)).toMatchObject({
      title: 'Look into the first folder.',
      parent_trace_id: top?.trace_id,
    });
    await client.close();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectKeys } from '../../../../src/main/assemble/effects/keys.js';
import { resultAltered } from '../../../../src/main/assemble/effects/result.js';
import { urlsOf } from '../../../../src/main/assemble/effects/urls.js';
import type { CapturedExchange, Json } from '../../../../src/shared/model/index.js';
import { lastWord, wireNames } from '../../../../src/shared/tool-names.js';
import { Conversation, type ConversationOptions, decoded } from '../../../support/conversation.js';
import { threader } from '../../../support/lineage.js';
import { decodedAction, textResult } from '../../../support/records.js';

const toolId = (name: string) => `toolu_${name.padEnd(16, '0')}`;

function setUp(options: Partial<ConversationOptions> = {}) {
  const { lineage, take, keep } = threader();
  const talk = new Conversation({ format: 'anthropic-messages', tools: ['mcp__files__read'], ...options });
  return {
    lineage,
    talk,
    keep,
    take: (exchange: CapturedExchange) => take(decoded(exchange)),
    only: () => [...lineage.effects.values()][0],
    tool: (id: string) => lineage.tools().find(({ tool_call_id }) => tool_call_id === id),
  };
}
const asks = (...calls: { name?: string; arguments?: { [name: string]: Json }; id: string }[]) => ({
  toolCalls: calls.map(({ name = 'mcp__files__read', arguments: args = { path: 'a.txt' }, id }) => ({
    name,
    arguments: args,
    id,
  })),
});

describe('effects of tool calls over MCP', () => {
  it('are joined by name and arguments; the real duration takes the place of the inferred one', () => {
    const { take, talk, keep, only, tool } = setUp();
    const asked = talk.user('go').call(asks({ id: toolId('x') }), { gapMs: 3000 });
    take(asked);
    const started_at = asked.ended_at + 100_000;
    keep(
      decodedAction({
        name: 'read',
        arguments: { path: 'a.txt' },
        result: textResult('the text'),
        started_at,
        ended_at: started_at + 1_250_000,
      }),
    );
    expect(only()).toMatchObject({
      name: 'read',
      status: 'ok',
      joined: { tool_call_id: toolId('x'), arguments_altered: false, join: { basis: 'name and arguments' } },
      result_altered: null,
    });
    take(talk.results({ id: toolId('x'), content: 'the text' }).call({ text: 'done' }));
    expect(tool(toolId('x'))).toMatchObject({ status: 'ok', duration_ms: 1250, metadata: { duration: 'wire' } });
    expect(only()?.result_altered).toBe(false);
  });

  it('know a tool under the names that clients give it, and no other tool', () => {
    for (const name of ['read', 'mcp__files__read', 'files.read', 'files_read', 'Files_Read', 'files/read']) {
      const { take, talk, keep, only } = setUp({ tools: [name] });
      const asked = talk.user('go').call(asks({ id: toolId('x'), name }));
      take(asked);
      keep(decodedAction({ name: 'read', arguments: { path: 'a.txt' }, started_at: asked.ended_at }));
      expect([name, only()?.joined?.tool_call_id]).toEqual([name, toolId('x')]);
    }
    const { take, talk, keep, only } = setUp({ tools: ['spread'] });
    const asked = talk.user('go').call(asks({ id: toolId('x'), name: 'spread' }));
    take(asked);
    keep(decodedAction({ name: 'read', arguments: { path: 'a.txt' }, started_at: asked.ended_at }));
    expect(only()?.joined).toBeNull();
  });

  it('show arguments that were altered on the way and results that were altered on the way back', () => {
    const { take, talk, keep, only } = setUp();
    const asked = talk.user('go').call(asks({ id: toolId('x'), arguments: { path: 'a.txt', limit: 5 } }));
    take(asked);
    const sent = { name: 'read', arguments: { path: 'a.txt', limit: 500 }, result: textResult('the whole text') };
    keep(decodedAction({ ...sent, started_at: asked.ended_at + 10_000 }));
    expect(only()?.joined).toMatchObject({ arguments_altered: true, join: { basis: 'name and time' } });
    take(talk.results({ id: toolId('x'), content: 'something else' }).call({ text: 'done' }));
    expect(only()?.result_altered).toBe(true);
  });

  it('stay unclaimed where no model asked, or long before, or after the result was given', () => {
    const { take, talk, keep, lineage } = setUp();
    keep(decodedAction({ name: 'read', arguments: { path: 'a.txt' }, started_at: talk.clock.now - 60_000_000 }));
    const asked = talk.user('go').call(asks({ id: toolId('x') }));
    take(asked);
    take(talk.results({ id: toolId('x'), content: 'r' }).call({ text: 'done' }));
    keep(decodedAction({ name: 'read', arguments: { path: 'a.txt' }, started_at: talk.clock.now + 1_000_000 }));
    expect([...lineage.effects.values()].map(({ joined }) => joined)).toEqual([null, null]);
  });

  it('are found where the tool ran before its answer was read to the end', () => {
    const { take, talk, keep, only } = setUp();
    const asked = talk.user('go').call(asks({ id: toolId('x') }), { durationMs: 5000 });
    keep(decodedAction({ name: 'read', arguments: { path: 'a.txt' }, started_at: asked.started_at + 4_000_000 }));
    expect(only()?.joined).toBeNull();
    take(asked);
    expect(only()?.joined).toMatchObject({ tool_call_id: toolId('x'), arguments_altered: false });
  });

  it('are compared with a result that was stored before them', () => {
    const { take, talk, keep, only } = setUp();
    const asked = talk.user('go').call(asks({ id: toolId('x') }), { gapMs: 2000 });
    take(asked);
    take(talk.results({ id: toolId('x'), content: 'r' }).call({ text: 'done' }));
    const deed = { name: 'read', arguments: { path: 'a.txt' }, result: textResult('r') };
    keep(decodedAction({ ...deed, started_at: asked.ended_at + 500_000 }));
    expect(only()).toMatchObject({ joined: { tool_call_id: toolId('x') }, result_altered: false });
  });

  it('come in halves, in either order', () => {
    for (const order of ['request first', 'response first']) {
      const { take, talk, keep, only, tool, lineage } = setUp();
      const asked = talk.user('go').call(asks({ id: toolId('x') }), { gapMs: 4000 });
      take(asked);
      const at = asked.ended_at + 100_000;
      const where = { server: 'old.example.org/messages', session_id: 's1' };
      const halves = [
        () => keep(decodedAction({ id: '7', name: 'read', arguments: { path: 'a.txt' }, started_at: at }, where)),
        () =>
          keep(
            decodedAction(
              { id: '7', method: '', result: textResult('r'), started_at: at, ended_at: at + 900_000 },
              { ...where, server: 'old.example.org/sse' },
            ),
          ),
      ];
      for (const half of order === 'request first' ? halves : halves.reverse()) half();
      expect(lineage.effects.size).toBe(1);
      expect(only()).toMatchObject({ name: 'read', status: 'ok', joined: { tool_call_id: toolId('x') } });
      expect([order, tool(toolId('x'))?.duration_ms]).toEqual([order, 900]);
    }
  });

  it('are one where the server asks for more input or the client tries again', () => {
    const { take, talk, keep, lineage, only } = setUp();
    const asked = talk.user('go').call(asks({ id: toolId('x') }), { gapMs: 4000 });
    take(asked);
    const deed = { name: 'read', arguments: { path: 'a.txt' } };
    keep(decodedAction({ ...deed, result: {}, incomplete: true, started_at: asked.ended_at + 1000 }));
    keep(decodedAction({ ...deed, result: textResult('r'), started_at: asked.ended_at + 2_000_000 }));
    expect(lineage.effects.size).toBe(1);
    expect(only()).toMatchObject({ status: 'ok', result: textResult('r') });
  });

  it('are one where a client that was refused tries again at once, and two where the model asks again', () => {
    const { take, talk, keep, lineage, only } = setUp();
    const asked = talk.user('go').call(asks({ id: toolId('x') }), { gapMs: 4000 });
    take(asked);
    const deed = { name: 'read', arguments: { path: 'a.txt' } };
    const refused = { ...deed, result: { reason: 'busy' }, is_error: true };
    keep(decodedAction({ ...refused, started_at: asked.ended_at + 1000 }));
    expect(only()?.status).toBe('error');
    keep(decodedAction({ ...deed, result: textResult('r'), started_at: asked.ended_at + 2_000_000 }));
    expect(lineage.effects.size).toBe(1);
    expect(only()).toMatchObject({ status: 'ok', result: textResult('r'), joined: { tool_call_id: toolId('x') } });

    const again = talk.results({ id: toolId('x'), content: 'r' }).call(asks({ id: toolId('y') }), { gapMs: 4000 });
    take(again);
    keep(decodedAction({ ...refused, started_at: again.ended_at + 1000 }));
    keep(decodedAction({ ...deed, result: textResult('r'), started_at: again.ended_at + 60_000_000 }));
    expect([...lineage.effects.values()].map(({ status }) => status)).toEqual(['ok', 'error', 'ok']);
  });

  it('tell what a server offers', () => {
    const { keep, lineage } = setUp();
    keep(decodedAction({ method: 'tools/list', tools: ['Read', 'write'], started_at: 1 }));
    expect(lineage.offers.get('tools.example.org/mcp')).toEqual(['read', 'write']);
  });

  it('of runs with different names never meet', () => {
    const { take, talk, keep, only, lineage } = setUp({ session: 'one', session_source: 'run' });
    const asked = talk.user('go').call(asks({ id: toolId('x') }));
    take(asked);
    const deed = { name: 'read', arguments: { path: 'a.txt' }, started_at: asked.ended_at + 1000 };
    keep(decodedAction(deed, { run: 'two' }));
    expect(only()?.joined).toBeNull();
    keep(decodedAction(deed, { run: 'one' }));
    expect([...lineage.effects.values()].map(({ joined }) => joined?.tool_call_id)).toEqual([undefined, toolId('x')]);
  });

  it('do not go to a tool call that was never run', () => {
    const { take, talk, keep, lineage } = setUp();
    take(talk.user('go').call(asks({ id: toolId('never') })));
    const again = talk.user('do it again').call(asks({ id: toolId('now') }));
    take(again);
    keep(decodedAction({ name: 'read', arguments: { path: 'a.txt' }, started_at: again.ended_at + 1000 }));
    expect([...lineage.effects.values()].map(({ joined }) => joined?.tool_call_id)).toEqual([toolId('now')]);
  });

  it('of equal parallel calls pair one to one, in whatever order they are stored, and the results say which is which', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 6 }).chain((count) =>
          fc.record({
            count: fc.constant(count),
            stored: fc.shuffledSubarray([...Array(count).keys()], { minLength: count, maxLength: count }),
            given: fc.shuffledSubarray([...Array(count).keys()], { minLength: count, maxLength: count }),
            before: fc.boolean(),
          }),
        ),
        ({ count, stored, given, before }) => {
          const { take, talk, keep, lineage } = setUp();
          const ids = [...Array(count).keys()].map((n) => toolId(`n${n}`));
          const asked = talk.user('go').call(asks(...ids.map((id) => ({ id }))), { durationMs: 2000, gapMs: 5000 });
          if (!before) take(asked);
          for (const n of stored) {
            const started_at = asked.ended_at + n * 1000 - (before ? 1_000_000 : 0);
            const deed = { name: 'read', arguments: { path: 'a.txt' }, result: textResult(`result ${n}`) };
            keep(decodedAction({ ...deed, started_at, ended_at: started_at + 1000 * (n + 1) }));
          }
          if (before) take(asked);
          const joined = () => [...lineage.effects.values()].map((effect) => effect.joined?.tool_call_id);
          expect(new Set(joined())).toEqual(new Set(ids));
          talk.results(...ids.map((id, n) => ({ id, content: `result ${given[n]}` })));
          take(talk.call({ text: 'done' }));
          expect(new Set(joined())).toEqual(new Set(ids));
          for (const effect of lineage.effects.values()) {
            expect(effect.result_altered).toBe(false);
            const tool = lineage.tools().find((each) => each.tool_call_id === effect.joined?.tool_call_id);
            expect(JSON.stringify(effect.result)).toContain(`"${tool?.result}"`);
            expect(tool?.duration_ms).toBe(((effect.ended_at ?? 0) - effect.started_at) / 1000);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('effects of tool calls over plain HTTP', () => {
  const fetches = (name: string, args: { [name: string]: Json }, url: string, method = 'GET') => {
    const { take, talk, keep, only, tool } = setUp({ tools: [name] });
    const asked = talk.user('go').call(asks({ id: toolId('x'), name, arguments: args }), { gapMs: 4000 });
    take(asked);
    const started_at = asked.ended_at + 200_000;
    keep(
      decodedAction(
        { name: url, method, result: 'page', started_at, ended_at: started_at + 50_000 },
        { protocol: 'http' },
      ),
    );
    return { effect: only(), duration: tool(toolId('x'))?.duration_ms };
  };

  it('are found by the URL of a field; it times the tool', () => {
    const { effect, duration } = fetches(
      'WebFetch',
      { url: 'http://example.org/a?b=1', prompt: 'what is it' },
      'https://example.org/a?b=1',
    );
    expect(effect).toMatchObject({
      name: 'GET https://example.org/a',
      joined: { tool_call_id: toolId('x'), arguments_altered: false },
    });
    expect(duration).toBe(50);
  });

  it('are found by a command line; it does not time the tool', () => {
    for (const command of [
      'cd /tmp && curl -s "https://api.example.org/v1/things?q=1" | jq .',
      ['bash', '-lc', 'curl https://api.example.org/v1/things?q=1'],
      'wget -q api.example.org/v1/things',
      `python3 -c "import requests; requests.get('https://api.example.org/v1/things?q=1')"`,
    ]) {
      const { effect, duration } = fetches('Bash', { command }, 'https://api.example.org/v1/things?q=1');
      expect([command, effect?.joined?.tool_call_id]).toEqual([command, toolId('x')]);
      expect(duration).toBeNull();
    }
  });

  it('failed where the answer says so, unless the same request soon succeeds', () => {
    const { take, talk, keep, only, lineage } = setUp({ tools: ['WebFetch'] });
    const url = 'https://example.org/berths/4';
    const asked = talk
      .user('go')
      .call(asks({ id: toolId('x'), name: 'WebFetch', arguments: { url } }), { gapMs: 9000 });
    take(asked);
    const sent = (gap: number, answer: { result: string; is_error?: boolean }) =>
      keep(
        decodedAction(
          { name: url, method: 'GET', ...answer, started_at: asked.ended_at + gap },
          { protocol: 'http', server: 'example.org' },
        ),
      );
    sent(1000, { result: 'Try later.', is_error: true });
    expect(only()).toMatchObject({ status: 'error', joined: { tool_call_id: toolId('x') } });
    sent(1_500_000, { result: 'Berth 4 is free.' });
    expect(lineage.effects.size).toBe(1);
    expect(only()).toMatchObject({ status: 'ok', result: 'Berth 4 is free.' });
  });

  it('are not those of another method or another address', () => {
    const post = fetches('Bash', { command: 'curl -X POST https://example.org/a' }, 'https://example.org/a', 'GET');
    expect(post.effect?.joined).toBeNull();
    expect(fetches('WebFetch', { url: 'https://example.org/a' }, 'https://example.org/b').effect?.joined).toBeNull();
    expect(fetches('Write', { text: 'see https://example.org/a' }, 'https://example.org/a').effect?.joined).toBeNull();
  });
});

describe('keys and names', () => {
  it('stay few and quick, whatever the arguments', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 6 }), (words, args) => {
        const name = `${words}x`;
        expect(effectKeys(name, args as Json).length).toBeLessThanOrEqual(10);
        expect(wireNames(name).length).toBeLessThanOrEqual(8);
        expect(lastWord(name)).toBe(lastWord(`mcp__server__${name}`));
      }),
      { numRuns: 300, examples: [['a__b', { url: 'https://[bad' }]] },
    );
    const hostile = [
      'curl '.repeat(50_000),
      'http://'.repeat(50_000),
      `curl ${'a.'.repeat(50_000)}`,
      ' -X'.repeat(50_000),
    ];
    for (const command of hostile) expect(urlsOf('Bash', { command }).length).toBeLessThanOrEqual(4);
  });

  it('are the same on both sides for every way of naming', () => {
    for (const name of ['mcp__files__read_file', 'files.read_file', 'files_read_file', 'READ_FILE']) {
      expect(wireNames(name)).toContain('read_file');
      expect(effectKeys(name, { b: 1, a: 2 })).toEqual(effectKeys('read_file', { a: 2, b: 1 }));
    }
  });
});

describe('a result on its way to the model', () => {
  it('is the same in any wrapping', () => {
    const wire = textResult('{"a": [1, 2], "b": "x"}');
    for (const given of [
      { a: [1, 2], b: 'x' },
      '{"a":[1,2],"b":"x"}',
      [{ type: 'text', text: 'Result:\n{"a": [1, 2], "b": "x"}\n' }],
      { content: [{ type: 'text', text: '{"a": [1, 2], "b": "x"}' }], isError: false },
    ]) {
      expect([given, resultAltered(wire, given as Json)]).toEqual([given, false]);
    }
    expect(resultAltered({ content: [], structuredContent: { n: 1 } }, { n: 1 })).toBe(false);
  });

  it('is altered when cut, rewritten or taken away', () => {
    const wire = textResult('line one\nline two');
    for (const given of ['line one', 'line one line 2', '', null, {}])
      expect([given, resultAltered(wire, given)]).toEqual([given, true]);
  });

  it('is compared in linear time', () => {
    expect(resultAltered(textResult(`${'a'.repeat(400_000)}b`), 'a'.repeat(800_000))).toBe(true);
  });
});

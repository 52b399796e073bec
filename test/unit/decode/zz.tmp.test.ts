import { gzipSync } from 'node:zlib';
import { it } from 'vitest';
import { decodeExchange, readExchange } from '../../../src/main/decode/index.js';
import { bytes, captured, fixtureExchange, jsonHeaders, message, sseHeaders, unredacted } from './support.js';

it('bench', () => {
  const req = JSON.stringify({
    model: 'gpt-4.1',
    temperature: 0,
    messages: [
      { role: 'system', content: 'x'.repeat(700) },
      { role: 'user', content: 'y'.repeat(500) },
    ],
    tools: [
      {
        type: 'function',
        function: { name: 'f', parameters: { type: 'object', properties: { a: { type: 'string' } } } },
      },
    ],
  });
  const res = JSON.stringify({
    id: 'c',
    object: 'chat.completion',
    model: 'gpt-4.1',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: 'z'.repeat(1200),
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{"a":"b"}' } }],
        },
        finish_reason: 'tool_calls',
      },
    ],
    usage: { prompt_tokens: 5, completion_tokens: 7 },
  });
  const ex = captured({ request: message(req, jsonHeaders), response: message(res, jsonHeaders) });
  const run = (name: string, e: any, n: number) => {
    for (let i = 0; i < n / 5; i++) decodeExchange(unredacted(readExchange(e)));
    const t = process.cpuUsage();
    for (let i = 0; i < n; i++) decodeExchange(unredacted(readExchange(e)));
    const u = process.cpuUsage(t);
    const ms = (u.user + u.system) / 1000;
    console.log(name, Math.round((n / ms) * 1000), '/s');
  };
  run(`chat json ${req.length + res.length} B`, ex, 10000);
  const gz = captured({
    request: message(req, jsonHeaders),
    response: message(gzipSync(res), [...jsonHeaders, ['content-encoding', 'gzip']]),
  });
  run('chat gzip', gz, 5000);
  run('chat sse', fixtureExchange('openai-chat', 'tools.sse'), 5000);
  run('responses sse 12KB', fixtureExchange('openai-responses', 'many-items.sse'), 3000);
  run('anthropic sse', fixtureExchange('anthropic-messages', 'thinking-tools.sse'), 5000);
  const big = (n: number) => {
    const chunk = `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: 'hello wörld '.repeat(40) }, finish_reason: null }] })}\n\n`;
    const c = bytes(chunk);
    return Buffer.concat(Array.from({ length: Math.floor(n / c.length) }, () => c));
  };
  const timed = (name: string, e: any) => {
    const t = performance.now();
    const r = readExchange(e);
    const t2 = performance.now();
    const d = decodeExchange(unredacted(r));
    console.log(
      name,
      r.response?.body.kind,
      'read',
      Math.round(t2 - t),
      'ms decode',
      Math.round(performance.now() - t2),
      'ms',
      d.format,
      d.decode_error,
    );
  };
  for (const mb of [64]) {
    const b = big(mb * 1024 * 1024);
    timed(`sse ${mb}MB`, {
      ...ex,
      response: {
        ...ex.response,
        ...message(b, sseHeaders),
        chunks: Array.from({ length: 1000 }, (_, i) => ({ offset: Math.floor((i * b.length) / 1000), at: i })),
      },
    });
    const j = JSON.stringify({
      id: 'c',
      object: 'chat.completion',
      choices: [
        { index: 0, message: { role: 'assistant', content: 'a"\\n'.repeat(mb * 200_000) }, finish_reason: 'stop' },
      ],
    });
    timed(`json ${Math.round(j.length / 1e6)}MB`, { ...ex, response: { ...ex.response, ...message(j, jsonHeaders) } });
    timed(`gzip json`, {
      ...ex,
      response: { ...ex.response, ...message(gzipSync(j), [...jsonHeaders, ['content-encoding', 'gzip']]) },
    });
    timed(`newlines ${mb}MB`, {
      ...ex,
      response: { ...ex.response, ...message(Buffer.alloc(mb * 1024 * 1024, '\n'), sseHeaders) },
    });
    timed(`data lines ${mb}MB`, {
      ...ex,
      response: { ...ex.response, ...message(Buffer.alloc(mb * 1024 * 1024, 'data: a\n'), sseHeaders) },
    });
    timed(`events ${mb}MB`, {
      ...ex,
      response: { ...ex.response, ...message(Buffer.alloc(mb * 1024 * 1024, 'data:\n\n'), sseHeaders) },
    });
    timed(`brackets ${mb}MB`, {
      ...ex,
      response: { ...ex.response, ...message(Buffer.alloc(mb * 1024 * 1024, '['), jsonHeaders) },
    });
    timed(`strings ${mb}MB`, {
      ...ex,
      response: { ...ex.response, ...message(Buffer.from('[' + '"a",'.repeat(mb * 250_000) + '1]'), jsonHeaders) },
    });
    const gz = gzipSync(b);
    gz.fill(7, gz.length - 30);
    timed(`corrupt gzip ${mb}MB`, {
      ...ex,
      response: { ...ex.response, ...message(gz, [...sseHeaders, ['content-encoding', 'gzip']]) },
    });
  }
}, 600000);

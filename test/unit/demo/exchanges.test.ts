import { describe, expect, it } from 'vitest';
import { demoExchanges } from '../../../src/main/demo/exchanges.js';
import { decoded } from '../../support/conversation.js';
import { threader } from '../../support/lineage.js';

const base = 1_795_000_000_000_000;

describe('the demo', () => {
  const exchanges = demoExchanges(base);
  const { take, lineage } = threader();
  const isMcp = ({ url }: { url: string }) => url.includes('/mcp');
  const calls = exchanges.filter((exchange) => !isMcp(exchange)).map((exchange) => take(decoded(exchange)));

  it('is what a proxy could have captured: recent, in order, timed, whole', () => {
    expect(exchanges.length).toBeGreaterThanOrEqual(40);
    expect(new Set(exchanges.map((exchange) => exchange.exchange_id)).size).toBe(exchanges.length);
    let before = 0;
    for (const exchange of exchanges) {
      expect(exchange.ended_at).toBeGreaterThanOrEqual(before);
      before = exchange.ended_at;
      expect(exchange.started_at).toBeGreaterThan(base - 3_600_000_000);
      expect(exchange.ended_at).toBeLessThan(base);
      expect(exchange.first_byte_at).toBeGreaterThan(exchange.started_at);
      const { response } = exchange;
      expect(response?.bytes).toBe(response?.body.length);
      expect(response?.chunks.at(0)).toEqual({ offset: 0, at: exchange.first_byte_at });
      expect(response?.chunks.at(-1)?.at).toBeLessThanOrEqual(exchange.ended_at);
    }
  });

  it('is read as seven traces, one of them a subagent’s', () => {
    expect(new Set(calls.map((call) => call.trace_id)).size).toBe(7);
    const children = calls.flatMap((call) => call.new_trace ?? []).filter((trace) => trace.parent_trace_id !== null);
    expect(children).toHaveLength(1);
    expect(calls.flatMap((call) => call.steps).some((step) => step.step_id === children[0]?.parent_step_id)).toBe(true);
    expect(new Set(calls.map((call) => call.decoded.format)).size).toBe(3);
    expect(calls.every((call) => call.decoded.response !== null)).toBe(true);
  });

  it('has an MCP server whose tools are those of a session', () => {
    const requests = exchanges.filter(isMcp).map(({ request }) => JSON.parse(Buffer.from(request.body).toString()));
    expect(requests.map(({ method }) => method)).toEqual(['tools/list', ...Array(7).fill('tools/call')]);
    const asked = lineage.tools().map((tool) => tool.name);
    for (const { params } of requests.slice(1)) expect(asked).toContain(params.name);
  });

  it('shows failures, retries, parallel calls, costs and times to the first token', () => {
    expect(calls.filter((call) => call.call.error !== null)).toHaveLength(3);
    expect(lineage.tools().filter((tool) => tool.status === 'error')).toHaveLength(1);
    expect(lineage.tools().filter((tool) => tool.status === 'pending')).toHaveLength(1);
    expect(calls.some((call) => call.new_tool_calls.length > 1)).toBe(true);
    expect(calls.filter((call) => call.call.cost_usd !== null).length).toBeGreaterThan(30);
    expect(calls.filter((call) => call.call.ttft_ms !== null).length).toBeGreaterThan(30);
  });

  it('carries made-up secrets on the wire and in no file', () => {
    const text = exchanges.map((exchange) => Buffer.from(exchange.request.body).toString()).join('\n');
    expect(text).toMatch(/sk-proj-[A-Za-z0-9]{48}/);
    expect(text).toMatch(/postgres:\/\/checkout:[A-Za-z0-9]{18}@/);
    expect(text).not.toMatch(/\{\{[a-z_]+\}\}/);
  });
});

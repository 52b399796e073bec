import { createTRPCClient, createWSClient, TRPCClientError, wsLink } from '@trpc/client';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { smallBodyBytes, smallBodyValues } from '../../../src/main/api/limits.js';
import type { Router } from '../../../src/main/api/rpc/router.js';
import { contracts } from '../../../src/shared/contract/index.js';
import type { Operation } from '../../../src/shared/contract/operation.js';
import { testId } from '../../support/traces.js';
import { onCleanup, rawRequest, runningApi } from './support.js';

async function running() {
  const { api, token, reads } = await runningApi();
  const socket = createWSClient({
    url: `ws://127.0.0.1:${api.port}/rpc`,
    WebSocket: WebSocket as never,
    connectionParams: { token },
    retryDelayMs: () => 60_000,
  });
  onCleanup(() => socket.close());
  const client = createTRPCClient<Router>({ links: [wsLink({ client: socket })] });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  async function rest(method: string, path: string, body: unknown) {
    const text = JSON.stringify(body);
    const answer = await rawRequest(api.port, { method, path, headers, body: text });
    return { status: answer.status, error: JSON.parse(answer.body).error };
  }
  const get = async (path: string) => JSON.parse((await rawRequest(api.port, { path, headers })).body);
  return { client, rest, get, reads };
}

async function refusal(promise: Promise<unknown>) {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TRPCClientError);
  return (error as TRPCClientError<Router>).data?.sluice;
}

const path = `/traces/${testId(1, 0)}/review`;

describe('bodies that are read where all requests are answered', () => {
  it('have 64 kB, over REST and RPC', async () => {
    const { client, rest } = await running();
    const query = 'x'.repeat(smallBodyBytes);
    expect(await rest('POST', '/leaks', { path: `/${query}` })).toMatchObject({
      status: 413,
      error: { code: 'body_too_large', next: expect.any(String), details: { limit_bytes: smallBodyBytes } },
    });
    expect(await refusal(client.traces.list.query({ query: `x${query}${query}` }))).toMatchObject({
      code: 'body_too_large',
      next: expect.any(String),
      details: { limit_bytes: smallBodyBytes },
    });
    // The connection stands.
    expect((await client.traces.list.query({})).items).toHaveLength(3);
  });

  it('have more where the contract says so', async () => {
    const { client, rest } = await running();
    // Each character is six bytes of JSON.
    const note = '\u0001'.repeat(20_000);
    expect((await client.reviews.set.mutate({ trace_id: testId(1, 0), patch: { note } })).current.note).toBe(note);
    expect(await rest('PUT', path, { note })).toMatchObject({ status: 200 });
    expect(await rest('PUT', path, { note: 'x'.repeat(130_000) })).toMatchObject({
      status: 413,
      error: { details: { limit_bytes: 128_000 } },
    });
    const most = Object.values(contracts)
      .flatMap((domain) => Object.values<Operation>(domain))
      .map(({ inputBytes = smallBodyBytes }) => inputBytes);
    expect(Math.max(...most)).toBeLessThanOrEqual(1_000_000);
  });

  it('have so many values, counted before they are parsed', async () => {
    const { client, rest } = await running();
    const tooMany = { version: 2, list: Array.from({ length: smallBodyValues + 1 }, () => 1) };
    expect(await rest('PUT', '/policy', tooMany)).toMatchObject({
      status: 413,
      error: { code: 'body_too_large', details: { limit_values: smallBodyValues } },
    });
    expect(await refusal(client.policy.check.query({ file: tooMany }))).toMatchObject({
      code: 'body_too_large',
      details: { limit_values: smallBodyValues },
    });
  });

  it('are refused one by one where they come in one message', async () => {
    const { client } = await running();
    const many = { version: 2, list: Array.from({ length: smallBodyValues - 1000 }, () => 1) };
    const [large, few, first, second] = await Promise.allSettled([
      client.traces.list.query({ query: 'x'.repeat(smallBodyBytes + 2000) }),
      client.traces.list.query({ limit: 1 }),
      client.policy.check.query({ file: many }),
      client.policy.check.query({ file: many }),
    ]);
    expect(few).toMatchObject({ status: 'fulfilled', value: { items: [{}] } });
    const codes = [large, first, second].map((each) => each?.status === 'rejected' && each.reason.data.sluice.code);
    expect(codes).toEqual(['body_too_large', 'policy_invalid', 'body_too_large']);
  });

  it('end the connection beyond what any procedure takes', async () => {
    const { client } = await running();
    expect(await refusal(client.traces.list.query({ query: 'x'.repeat(1_200_000) }))).toBeUndefined();
  });
});

describe('answers', () => {
  it('that are large are JSON before they come to the main thread, and the same over REST and RPC', async () => {
    const { client, reads, get } = await running();
    const trace = reads.traceJson;
    const whole = JSON.parse(Buffer.from((await trace(testId(1, 0), '')) ?? []).toString());
    const text = 'ü'.repeat(100_000);
    const page = { items: [{ ...whole, title: text }], next_cursor: null };
    reads.traces = async () => new TextEncoder().encode(JSON.stringify(page));
    expect(await client.traces.list.query({})).toEqual(page);
    expect(await get('/traces')).toEqual(page);
  });
});

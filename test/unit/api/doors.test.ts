import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Router } from '../../../src/main/api/rpc/router.js';
import type { TokenScope } from '../../../src/shared/model/index.js';
import { onCleanup, runningApi } from './support.js';

function clientOf(port: number, token: string) {
  const socket = createWSClient({
    url: `ws://127.0.0.1:${port}/rpc`,
    WebSocket: WebSocket as never,
    connectionParams: { token },
    retryDelayMs: () => 60_000,
  });
  onCleanup(() => socket.close());
  return createTRPCClient<Router>({ links: [wsLink({ client: socket })] });
}

async function running(...scopes: TokenScope[]) {
  const api = await runningApi();
  const { token } = api.services.tokens.create({ name: 'one', scopes });
  return { ...api, client: clientOf(api.api.port, token), given: token };
}

describe('allowing a value by its pseudonym', () => {
  it('takes admin for a secret, a reviewer for what the policy does not name', async () => {
    const { client, services } = await running('review');
    await expect(client.findings.allow.mutate({ pseudonym: '<API_KEY_0a1b2c3d>' })).rejects.toMatchObject({
      data: { sluice: { code: 'forbidden', details: { scope: 'admin' } } },
    });
    expect(services.policy.get().policy.allow_pseudonyms).toEqual([]);
    expect(await client.findings.allow.mutate({ pseudonym: '<PERSON_0a1b2c3d>' })).toEqual(['<PERSON_0a1b2c3d>']);
  });

  it('takes admin for personal data that the policy names', async () => {
    const { client, services } = await running('review');
    await services.policy.set({ version: 1, actions: { PERSON: 'pseudonym' } }, { kind: 'studio', token_id: null });
    await expect(client.findings.allow.mutate({ pseudonym: '<PERSON_0a1b2c3d>' })).rejects.toMatchObject({
      data: { sluice: { code: 'forbidden' } },
    });
  });

  it('of a secret is the studio’s own to do', async () => {
    const { api, token } = await runningApi();
    const pseudonym = '<API_KEY_0a1b2c3d>';
    expect(await clientOf(api.port, token).findings.allow.mutate({ pseudonym })).toEqual([pseudonym]);
  });
});

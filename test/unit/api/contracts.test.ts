import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Bound } from '../../../src/main/api/operations.js';
import { router } from '../../../src/main/api/rpc/router.js';
import { contracts } from '../../../src/shared/contract/index.js';
import type { Contract } from '../../../src/shared/contract/operation.js';
import { SluiceError } from '../../../src/shared/errors.js';
import { runningApi } from './support.js';

const all = Object.entries<Contract>(contracts).flatMap(([domain, contract]) =>
  Object.entries(contract).map(([name, operation]) => ({
    domain,
    name,
    id: `${domain}.${name}`,
    operation,
  })),
);

describe('the contracts', () => {
  it('are each a procedure with the scope that they name, except documents', () => {
    const procedures = router._def.procedures as unknown as {
      [id: string]: { _def: { type: string; meta: { scope: string } } };
    };
    for (const { id, operation } of all) {
      if (operation.kind === 'document') {
        expect([id, procedures[id]]).toEqual([id, undefined]);
        continue;
      }
      const { type, meta } = procedures[id]?._def ?? {};
      expect([id, type, meta?.scope]).toEqual([id, operation.kind === 'query' ? 'query' : 'mutation', operation.scope]);
    }
    const spoken = all.filter(({ operation }) => operation.kind !== 'document').map(({ id }) => id);
    expect(Object.keys(procedures).sort()).toEqual([...spoken, 'live.ticks'].sort());
  });

  it('let nobody change anything who may only read, except what reads alone', () => {
    const open = all.filter(({ operation }) => operation.kind === 'command' && operation.scope === 'read');
    expect(open.map(({ id }) => id)).toEqual(['validation.start']);
  });

  it('answer what they promise', async () => {
    const { operations } = await runningApi();
    const bound = operations as unknown as { [domain: string]: { [name: string]: Bound } };
    const principal = { token_id: null, scopes: ['admin'] as const };
    let asked = 0;
    for (const { id, domain, name, operation } of all) {
      if (operation.kind === 'command') continue;
      const input = operation.input.safeParse(operation.input instanceof z.ZodVoid ? undefined : {});
      if (!input.success) continue;
      const output = await bound[domain]?.[name]?.run(input.data, principal);
      const given = output instanceof Uint8Array ? JSON.parse(Buffer.from(output).toString()) : output;
      const { error } = operation.output.safeParse(given);
      expect([id, error?.issues]).toEqual([id, undefined]);
      asked += 1;
    }
    expect(asked).toBeGreaterThan(20);
  });

  it('ask nothing for nobody', async () => {
    const { traces } = (await runningApi()).operations;
    await expect(traces.delete.run({ trace_id: 'x' }, null)).rejects.toBeInstanceOf(SluiceError);
  });
});

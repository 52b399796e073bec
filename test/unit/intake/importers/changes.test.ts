import { describe, expect, it } from 'vitest';
import type { Importer } from '../../../../src/main/intake/importers/importer.js';
import { importerById } from '../../../../src/main/intake/importers/index.js';
import type { Json } from '../../../../src/shared/model/index.js';
import { eventsOf, read } from './support.js';

const changes = async (importer: string, lines: Json[]) => {
  const items = await read(
    importerById(importer) as Importer,
    Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join('')),
  );
  return eventsOf(items).flatMap((event) => (event.type === 'state_change' ? [event] : []));
};
const at = (second: number) => `2026-04-02T08:00:${String(second).padStart(2, '0')}.000Z`;

describe('what session files say of how an agent works', () => {
  it('Claude Code: the working folder and the permissions, where they change', async () => {
    const line = (number: number, more: { [name: string]: Json }) => ({
      type: 'user',
      uuid: `u${number}`,
      parentUuid: number === 1 ? null : `u${number - 1}`,
      sessionId: 's-changes',
      timestamp: at(number),
      cwd: '/boat',
      permissionMode: 'default',
      message: { role: 'user', content: `words ${number}` },
      ...more,
    });
    const found = await changes('claude-code', [
      line(1, {}),
      line(2, { permissionMode: 'plan' }),
      { type: 'permission-mode', permissionMode: 'acceptEdits', sessionId: 's-changes' },
      line(3, { permissionMode: 'acceptEdits', cwd: '/boat/keel' }),
      // An agent works in its own folder from its first line on.
      line(4, { agentId: 'a1', isSidechain: true, cwd: '/elsewhere' }),
      {
        type: 'system',
        subtype: 'compact_boundary',
        uuid: 'u5',
        parentUuid: 'u4',
        sessionId: 's-changes',
        timestamp: at(5),
        cwd: '/boat/keel',
        compactMetadata: { trigger: 'manual' },
      },
    ]);
    expect(found.map(({ description, derived }) => [description, derived])).toEqual([
      ['mode: plan', true],
      ['mode: acceptEdits', true],
      ['working folder: /boat/keel', true],
      ['compacted', true],
    ]);
    expect(found[2]?.data).toEqual({ change: 'folder', from: '/boat', to: '/boat/keel' });
    expect(new Set(found.map(({ event_id }) => event_id)).size).toBe(4);
  });

  it('Codex: what a turn begins with', async () => {
    const context = (second: number, more: { [name: string]: Json }) => ({
      timestamp: at(second),
      type: 'turn_context',
      payload: {
        cwd: '/boat',
        approval_policy: 'on-request',
        sandbox_policy: { mode: 'read-only' },
        model: 'm-1',
        ...more,
      },
    });
    const said = (second: number) => ({
      timestamp: at(second),
      type: 'response_item',
      payload: { type: 'message', role: 'user', content: [{ type: 'input_text', text: `words ${second}` }] },
    });
    const found = await changes('codex', [
      {
        timestamp: at(1),
        type: 'session_meta',
        payload: {
          id: '019d0000-0000-7000-8000-000000000001',
          cwd: '/boat',
          originator: 'codex_cli_rs',
          cli_version: '0.60.0',
        },
      },
      context(2, {}),
      said(3),
      context(4, {}),
      said(5),
      context(6, { cwd: '/boat/mast', sandbox_policy: { mode: 'workspace-write' } }),
      said(7),
    ]);
    expect(found.map(({ description }) => description)).toEqual([
      'working folder: /boat/mast',
      'mode: on-request, workspace-write',
    ]);
  });
});

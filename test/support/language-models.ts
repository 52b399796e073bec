import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CallStore,
  type ClientDependencies,
  createLanguageModels,
  openProfiles,
} from '../../src/main/models/index.js';
import { createRedactor, defaultPolicy } from '../../src/main/redact/index.js';
import type { KeptReply, NewModelCall, NewProfile } from '../../src/shared/model/index.js';
import { type Entity, isSecret } from '../../src/shared/policy.js';

/** Calls in memory, with what was kept of them. */
export function callsInMemory() {
  const saved: NewModelCall[] = [];
  const kept = new Map<string, KeptReply>();
  let generation = 0;
  const store: CallStore = {
    generation: () => generation,
    kept: (key) => kept.get(key) ?? null,
    async save(call) {
      saved.push(call);
      if (call.key !== null && call.generation === generation) kept.set(call.key, call.content as KeptReply);
    },
    calls: () => ({ items: [], next_cursor: null }),
    call: () => null,
    usage: () => ({}),
  };
  return {
    store,
    saved,
    forget() {
      kept.clear();
      generation += 1;
    },
  };
}

/** The client as the engine puts it together, on a scripted server; it waits shortly and notes for how long it was told to. */
export async function modelsAt(
  baseUrl: string,
  profile: Partial<NewProfile> = {},
  more: Partial<ClientDependencies> & { env?: { [name: string]: string } } = {},
) {
  let content: unknown;
  const profiles = openProfiles({
    file: {
      path: 'models.json',
      read: () => content,
      write(next) {
        content = next;
      },
    },
    keychain: null,
    env: more.env ?? {},
  });
  const set = { name: 'test', preset: 'custom' as const, base_url: baseUrl, model: 'scripted', ...profile };
  const { base_url, name } = await profiles.set({ price: { input: 1, output: 10 }, ...set });
  profiles.agree(name, new URL(base_url).host);
  const redactor = createRedactor({ policy: defaultPolicy, key: Buffer.alloc(32, 7), secrets: [] });
  const calls = callsInMemory();
  const waits: number[] = [];
  const recorded: { purpose: string; profile: string; host: string }[] = [];
  const parts: ClientDependencies = {
    profiles,
    redact(text) {
      const { text: clean, findings } = redactor.text(text);
      return { text: clean, secrets: findings.map(({ entity }) => entity).filter((each) => isSecret(each as Entity)) };
    },
    store: calls.store,
    listPrice: () => null,
    headersFor: () => ({}),
    fetch,
    record: async (call) => recorded.push(call),
    waiting: {
      async sleep(ms, signal) {
        waits.push(ms);
        await sleep(1, undefined, { signal });
      },
      random: () => 1,
      now: Date.now,
    },
    ...more,
  };
  const models = createLanguageModels(parts);
  return { models, profiles, parts, waits, recorded, file: () => JSON.stringify(content), ...calls };
}

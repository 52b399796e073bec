import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Where `scripts/lib/small-model.mjs` puts it. */
const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sluice-tests/small-model-1');

/** How to get the small model that is not here; null where it is. */
export const noSmallModel: string | null = existsSync(folder)
  ? null
  : '`node scripts/setup.mjs --for test` on Linux, x64, with pip and npm';

export interface SmallModel {
  /** With /v1. */
  url: string;
  /** Ends its process and waits for that. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A real model of 135 million parameters behind Chat Completions: it proves that things fit together, never quality. */
export async function startSmallModel(): Promise<SmallModel> {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, 'server.mjs'), folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).once('line', resolve);
    child.once('close', (code) => reject(new Error(`The small model's server ended (${code}).`)));
  });
  return {
    url: (JSON.parse(line) as { url: string }).url,
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}

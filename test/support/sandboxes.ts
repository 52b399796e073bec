import { randomBytes } from 'node:crypto';
import { pack } from 'tar-stream';
import type { ExecResult, Sandbox, SandboxLimits } from '../../src/main/ground/sandbox.js';

/** An id of a data folder that no other test has. */
export const freshOwner = () => `test${randomBytes(8).toString('hex')}`;

const mib = 1024 * 1024;

export const smallLimits: SandboxLimits = {
  memory_bytes: 256 * mib,
  cpus: 2,
  pids: 128,
  tmp_bytes: 32 * mib,
  work_bytes: 64 * mib,
  seconds: 60,
  output_bytes: 64 * 1024,
};

type TarEntry = Parameters<ReturnType<typeof pack>['entry']>[0] & { text?: string | Uint8Array };

/** A tar of files by name, or of whole headers where something is to be odd about them. */
export function tarOf(entries: readonly (TarEntry | [name: string, text: string])[]): AsyncIterable<Uint8Array> {
  const tar = pack();
  for (const entry of entries) {
    const { text = '', ...header } = Array.isArray(entry) ? { name: entry[0], text: entry[1] } : entry;
    tar.entry({ type: 'file', ...header }, typeof text === 'string' ? text : Buffer.from(text));
  }
  tar.finalize();
  return tar as AsyncIterable<Uint8Array>;
}

/** Runs a shell's script in the sandbox; what it wrote as text, and how it ended. */
export async function shell(
  sandbox: Sandbox,
  script: string,
  more: { seconds?: number; signal?: AbortSignal; env?: Record<string, string> } = {},
): Promise<ExecResult & { text: string }> {
  const { seconds = 60, signal = new AbortController().signal, env } = more;
  const result = await sandbox.exec({ argv: ['sh', '-c', script], seconds, signal, env });
  return { ...result, text: Buffer.concat([result.output.head, result.output.tail]).toString('utf8') };
}

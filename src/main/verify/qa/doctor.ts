import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, SluiceError } from '../../../shared/errors.js';
import type { QaDefaults, QaDoctor, QaSettings } from '../../../shared/model/index.js';
import type { Prerequisite, SandboxMaker } from '../../ground/sandbox.js';

/** What running tests needs, with the image and the runtime of the settings. */
export async function doctorOf(sandboxes: SandboxMaker, { image, runtime }: QaDefaults): Promise<QaDoctor> {
  const prerequisites = await sandboxes.prerequisites({ image, runtime });
  return { ok: prerequisites.every(({ ok }) => ok), prerequisites };
}

/** Milliseconds between two looks for what is missing. */
const lookEvery = 5000;

/** What is missing, as the error that it would be. */
const codes: Readonly<Record<string, ErrorCode>> = {
  engine: 'sandbox_unavailable',
  permission: 'sandbox_forbidden',
  version: 'sandbox_engine_unfit',
  limits: 'sandbox_limits_missing',
  disk: 'sandbox_disk_full',
  runtime: 'sandbox_runtime_missing',
  image: 'image_missing',
};

/**
 * Whether all is there that a run needs; what is not, in words, where the run is to wait for it.
 * @throws SluiceError naming what is missing and what to do, where it is not to wait
 */
export async function missingOf(
  sandboxes: SandboxMaker,
  { image, runtime, missing_engine, network_in_prepare }: QaSettings,
): Promise<string | null> {
  // One that may be fetched need not be there.
  const wanted = { image: network_in_prepare ? null : image, runtime };
  const found = await sandboxes.prerequisites(wanted);
  const missing = found.find(({ id, ok }) => !ok && !(id === 'image' && network_in_prepare));
  if (missing === undefined) return null;
  if (missing_engine === 'fail')
    throw new SluiceError(codes[missing.id] ?? 'sandbox_engine_failed', said(missing), { missing });
  return said(missing);
}

/**
 * Resolves once all is there that a run needs; `waits` hears each thing that it waits for.
 * @throws what `missingOf` throws; the signal's reason
 */
export async function untilReady(
  sandboxes: SandboxMaker,
  settings: QaSettings,
  signal: AbortSignal,
  waits: (said: string) => void,
  every = lookEvery,
): Promise<void> {
  for (let heard = ''; ; ) {
    signal.throwIfAborted();
    const missing = await missingOf(sandboxes, settings);
    if (missing === null) return;
    if (missing !== heard) waits(missing);
    heard = missing;
    await sleep(every, undefined, { signal }).catch(() => {});
  }
}

function said({ title, detail, next }: Prerequisite): string {
  return [`${title}: ${detail}`, next].filter((part) => part !== null).join(' ');
}

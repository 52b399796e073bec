import { createHash } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '../../../shared/errors.js';
import { openRegular } from '../../ground/regular-file.js';
import { stampOf } from '../file-hashes.js';
import { inlineBytes } from './batches.js';
import type { PushPlan } from './plan.js';

/**
 * A file as the plan looked at it; a large one is read later, which fails where it was changed by then.
 * @throws SluiceError `push_refused` where something else lies there now
 */
export async function contentOf(out: string, { path, bytes, sha256, stamp }: PushPlan['files'][number]): Promise<Blob> {
  const at = join(out, path);
  const changed = new SluiceError('push_refused', `${path} is not what was checked: it was changed meanwhile.`);
  if (bytes > inlineBytes) {
    const asPlanned = async () => {
      const stats = await lstat(at, { bigint: true }).catch(() => null);
      if (stats === null || stampOf(stats) !== stamp) throw changed;
    };
    await asPlanned();
    const blob = await openAsBlob(at);
    await asPlanned();
    return blob;
  }
  const file = await openRegular(at).catch(() => {
    throw changed;
  });
  try {
    const content = (await file.stat()).size === bytes ? await file.readFile() : null;
    if (content === null || createHash('sha256').update(content).digest('hex') !== sha256) throw changed;
    return new Blob([content]);
  } finally {
    await file.close();
  }
}

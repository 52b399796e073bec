import { createHmac } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import {
  auditActorSchema,
  type ErasureReceipt,
  erasureReceiptSchema,
  erasureRequestSchema,
  type Page,
} from '../../shared/model/index.js';
import { replaceFile } from '../ground/replace-file.js';

const receiptName = /^([0-9a-f-]{36})\.json$/;
const orderName = /^([0-9a-f-]{36})\.sealed$/;

const orderSchema = z.object({
  request: erasureRequestSchema,
  actor: auditActorSchema,
  /** The traces that go and the keys of their rows in datasets: read once, before the first of them is gone. */
  found: z.object({ trace_ids: z.array(z.string()), rows: z.record(z.string(), z.array(z.string())) }).nullable(),
});
export type Order = z.infer<typeof orderSchema>;

/** Encrypts texts that must not lie in the clear. */
export interface Seal {
  seal(text: string): string;
  open(sealed: string): string;
}

/**
 * Receipts of erasures, a JSON file each, and the orders of erasures that are not done yet. Orders hold the values that are
 * to go, so they lie encrypted, and only until the receipt is written.
 */
export function openReceipts(folder: string, seal: Seal) {
  const orderPath = (id: string) => join(folder, `${id}.sealed`);
  async function write(path: string, text: string): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await replaceFile(path, text);
  }
  async function ids(pattern: RegExp): Promise<string[]> {
    const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    return names.flatMap((name) => pattern.exec(name)?.[1] ?? []).sort();
  }
  async function get(id: string): Promise<ErasureReceipt | null> {
    if (!receiptName.test(`${id}.json`)) return null;
    try {
      return erasureReceiptSchema.parse(JSON.parse(await readFile(join(folder, `${id}.json`), 'utf8')));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }
  return {
    get,
    /** Newest first: ids begin with their time. */
    async list(cursor: string | null, limit: number): Promise<Page<ErasureReceipt>> {
      const all = (await ids(receiptName)).reverse();
      const from = cursor === null ? 0 : all.findIndex((id) => id < cursor);
      const page = from < 0 ? [] : all.slice(from, from + limit);
      const items = (await Promise.all(page.map(get))).filter((receipt) => receipt !== null);
      const last = page.at(-1);
      return { items, next_cursor: last !== undefined && from + limit < all.length ? last : null };
    },
    save: (receipt: ErasureReceipt) =>
      write(join(folder, `${receipt.erasure_id}.json`), `${JSON.stringify(receipt, null, 2)}\n`),
    async order(id: string): Promise<Order | null> {
      const sealed = await readFile(orderPath(id), 'utf8').catch(() => null);
      return sealed === null ? null : orderSchema.parse(JSON.parse(seal.open(sealed)));
    },
    saveOrder: (id: string, order: Order) => write(orderPath(id), seal.seal(JSON.stringify(order))),
    forgetOrder: (id: string) => rm(orderPath(id), { force: true }),
    openOrders: () => ids(orderName),
  };
}
export type Receipts = ReturnType<typeof openReceipts>;

/** A value in a receipt: nobody reads it there, and who knows it and has the key can check it. */
export function valueHash(key: Uint8Array, value: string): string {
  return createHmac('sha256', key).update(`sluice erasure\0${value}`).digest('hex');
}

import { existsSync, readFileSync } from 'node:fs';
import { parseJson } from '../ground/json.js';
import { replaceFile } from '../ground/replace-file.js';
import type { DataFolder } from './folder.js';

/** What webhooks.json holds; undefined where there is none, null where it is no JSON. */
export function readWebhooksFile({ webhooks }: Pick<DataFolder, 'webhooks'>): unknown {
  if (!existsSync(webhooks)) return undefined;
  return parseJson(readFileSync(webhooks, 'utf8')) ?? null;
}

/** Writes it whole or not at all. */
export function writeWebhooksFile({ webhooks }: Pick<DataFolder, 'webhooks'>, content: object): Promise<void> {
  return replaceFile(webhooks, `${JSON.stringify(content)}\n`);
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { SluiceError } from '../../../shared/errors.js';
import { gapsOf } from '../drafts/gaps.js';
import { type Domain, domainOf } from './domain.js';
import { domainSchema } from './schema.js';

/** The text of a domain's file, read and checked. Throws TypeError with all that is wrong, `oracle_domain_draft` where it is not whole. */
export function readDomain(text: string, name: string): Domain {
  const value: unknown = parse(text);
  const gaps = (value as { draft?: unknown } | null)?.draft === true ? gapsOf(value) : [];
  if (gaps.length > 0) {
    const first = gaps.slice(0, 3).map(({ path, say }) => `${path} (${say})`);
    const message = `${name} is a draft that leaves ${gaps.length} things open: ${first.join('; ')}${gaps.length > 3 ? ' …' : ''}.`;
    throw new SluiceError('oracle_domain_draft', message);
  }
  const read = domainSchema.safeParse(value);
  if (!read.success)
    throw new TypeError(
      `${name}: ${read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`,
    );
  const domain = domainOf(read.data);
  if (`${domain.id}.yaml` !== name) throw new TypeError(`${name}: the file of ${domain.id} is ${domain.id}.yaml`);
  return domain;
}

/** The files of a folder that are domains, by name. */
export function domainFiles(folder: string): { id: string; text: string }[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => ({ id: name.slice(0, -'.yaml'.length), text: readFileSync(join(folder, name), 'utf8') }));
}

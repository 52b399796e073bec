import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { SluiceError } from '../../shared/errors.js';
import type { Domain } from './domains/domain.js';
import { domainFiles, readDomain } from './domains/load.js';
import { noSuchDomain, plainName } from './names.js';
import type { Catalogue } from './validators/index.js';
import { type World, worldOf } from './world/world.js';

/** Where the domains lie that come along. */
export const domainsFolder = (resources: string): string => join(resources, 'oracle', 'domains');

/** Worlds that are kept at once; one has some hundred rows. */
const mostWorlds = 512;

export interface OpenCatalogue extends Catalogue {
  /** Ids of all, in the order of their files. */
  ids: readonly string[];
  /** All of them, read and checked. @throws SluiceError `oracle_domain_invalid` */
  all(): Domain[];
  /** By id or title, in any case. @throws SluiceError `oracle_domain_unknown`, `oracle_domain_invalid` */
  named(name: string): Domain;
  /** Its id alone: a domain that is named by it is not read for that. */
  idOf(name: string): string;
  /** Of all that domains say: whoever has the same makes the same traces. */
  fingerprint: string;
}

/** The domains of folders, each read when it is first asked for; those of the user's own stand beside the shipped ones. @throws SluiceError `oracle_domain_invalid` */
export function openCatalogue(folders: readonly string[]): OpenCatalogue {
  const texts = new Map<string, string>();
  for (const { id, text } of folders.flatMap(domainFiles)) {
    if (texts.has(id)) throw new SluiceError('oracle_domain_invalid', `Two files are of the domain ${id}.`);
    texts.set(id, text);
  }
  const read = new Map<string, Domain>();
  const worlds = new Map<string, World>();
  const ids = [...texts.keys()];

  function domain(id: string): Domain | null {
    const text = texts.get(id);
    if (text === undefined) return null;
    let of = read.get(id);
    if (of === undefined) {
      try {
        of = readDomain(text, `${id}.yaml`);
      } catch (error) {
        if (error instanceof TypeError) throw new SluiceError('oracle_domain_invalid', error.message);
        throw error;
      }
      read.set(id, of);
    }
    return of;
  }
  const all = () => ids.flatMap((id) => domain(id) ?? []);

  return {
    ids,
    all,
    domain,
    idOf(name) {
      const plain = plainName(name);
      return texts.has(plain) ? plain : this.named(name).id;
    },
    named(name) {
      const plain = plainName(name);
      const found = domain(plain) ?? all().find(({ title }) => plainName(title) === plain);
      if (found !== undefined) return found;
      throw noSuchDomain(name);
    },
    world(of, number) {
      const key = `${of.id} ${number}`;
      let world = worlds.get(key);
      if (world === undefined) {
        if (worlds.size >= mostWorlds) worlds.delete(worlds.keys().next().value as string);
        world = worldOf(of, number);
        worlds.set(key, world);
      }
      return world;
    },
    fingerprint: createHash('sha256')
      .update(JSON.stringify([...texts]))
      .digest('hex'),
  };
}

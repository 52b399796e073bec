import { createHash } from 'node:crypto';
import { SluiceError } from '../../shared/errors.js';
import type { Domain } from './domains/domain.js';
import { domainsIn } from './domains/load.js';
import type { Catalogue } from './validators/index.js';
import { type World, worldOf } from './world/world.js';

/** Worlds that are kept at once; one has some hundred rows. */
const mostWorlds = 512;

export interface OpenCatalogue extends Catalogue {
  domains: readonly Domain[];
  /** By id, title or tool prefix, in any case. @throws SluiceError `oracle_domain_unknown` */
  named(name: string): Domain;
  /** Of all that domains say: whoever has the same makes the same traces. */
  fingerprint: string;
}

/** The domains of folders; those of the user's own stand beside the shipped ones. @throws SluiceError `oracle_domain_invalid` */
export function openCatalogue(folders: readonly string[]): OpenCatalogue {
  const domains = folders.flatMap((folder) => {
    try {
      return domainsIn(folder);
    } catch (error) {
      if (error instanceof TypeError) throw new SluiceError('oracle_domain_invalid', error.message);
      throw error;
    }
  });
  const byId = new Map<string, Domain>();
  for (const domain of domains) {
    if (byId.has(domain.id))
      throw new SluiceError('oracle_domain_invalid', `Two files are of the domain ${domain.id}.`);
    byId.set(domain.id, domain);
  }
  const worlds = new Map<string, World>();
  const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
  return {
    domains,
    domain: (id) => byId.get(id) ?? null,
    named(name) {
      const found = domains.find(({ id, title }) => id === plain(name) || plain(title) === plain(name));
      if (found !== undefined) return found;
      throw new SluiceError('oracle_domain_unknown', `There is no domain "${name}"; sluice oracle domains lists them.`);
    },
    world(domain, number) {
      const key = `${domain.id} ${number}`;
      let world = worlds.get(key);
      if (world === undefined) {
        if (worlds.size >= mostWorlds) worlds.delete(worlds.keys().next().value as string);
        world = worldOf(domain, number);
        worlds.set(key, world);
      }
      return world;
    },
    fingerprint: createHash('sha256')
      .update(JSON.stringify(domains.map(({ file }) => file)))
      .digest('hex'),
  };
}

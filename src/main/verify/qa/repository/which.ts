import { isAbsolute } from 'node:path';
import { SluiceError } from '../../../../shared/errors.js';
import type { Json, LocalRepository } from '../../../../shared/model/index.js';
import { isObject, type JsonObject } from '../../../ground/json.js';

const maxAddress = 2048;

/** Where a repository lies on this machine. */
export interface WhichRepository {
  path: string;
  /** What the trace, or who asked, calls it. */
  name: string;
  /** What the settings say of it. */
  mapped: LocalRepository | null;
}

/** Hosts on which names differ by more than their case. */
const caseless = new Set(['github.com', 'gitlab.com', 'bitbucket.org']);

/**
 * The folder, clone or archive that is tested: the one that was asked for (a path, or what the settings know by that name or address),
 * else what the settings have for the trace's repository.
 * @throws SluiceError `qa_repository_unknown`, with what to add in its details
 */
export function repositoryFor(
  metadata: Json | undefined,
  repositories: readonly LocalRepository[],
  asked?: string,
): WhichRepository {
  if (asked !== undefined) {
    if (isAbsolute(asked)) {
      const mapped = repositories.find(({ path }) => path === asked) ?? null;
      return { path: asked, name: mapped?.repo ?? lastPart(asked), mapped };
    }
    return mappedOr(repositories, { addresses: [asked], names: [asked] }, `${shown(asked)} is no absolute path, and`);
  }
  const said = saidOf(metadata);
  if (said.addresses.length === 0 && said.names.length === 0)
    throw unknown('The trace names no repository.', 'https://example.com/owner/name');
  return mappedOr(repositories, said, `The trace’s repository ${shown(said.addresses[0] ?? said.names[0] ?? '')}:`);
}

interface Said {
  addresses: string[];
  names: string[];
}

function mappedOr(repositories: readonly LocalRepository[], said: Said, what: string): WhichRepository {
  const mapped = mappedTo(repositories, said);
  const name = said.names[0] ?? shown(said.addresses[0] ?? '');
  if (mapped !== undefined) return { path: mapped.path, name, mapped };
  throw unknown(`${what} the settings name no clone of it.`, shown(said.addresses[0] ?? name));
}

function mappedTo(repositories: readonly LocalRepository[], { addresses, names }: Said): LocalRepository | undefined {
  const told = addresses.map(addressOf).filter((address) => address !== null);
  const named = names.map((name) => name.trim().toLowerCase());
  const places = told.map(({ place }) => place.toLowerCase());
  for (const fits of [
    ({ repo }: LocalRepository) => told.some((address) => addressOf(repo)?.whole === address.whole),
    ({ repo }: LocalRepository) => addressOf(repo) === null && named.includes(repo.trim().toLowerCase()),
    // A name says nothing of a host: whoever wrote it into the settings meant every one.
    ({ repo }: LocalRepository) => addressOf(repo) === null && places.includes(repo.trim().toLowerCase()),
    ({ repo }: LocalRepository) => told.length === 0 && named.includes(addressOf(repo)?.place.toLowerCase() ?? '\0'),
  ]) {
    const found = repositories.find(fits);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What a trace says of its repository: PR telemetry and people in `repo`, importers where their source has it. */
function saidOf(metadata: Json | undefined): Said {
  const all: JsonObject = isObject(metadata) ? metadata : {};
  const places = [all.repo, all.git, all.repository, all].filter((place) => isObject(place));
  const texts = (...fields: string[]) =>
    places.flatMap((place) => fields.map((field) => place[field]).filter((text) => typeof text === 'string'));
  const urls = texts('url', 'repository_url', 'repo_url', 'git_url', 'clone_url', 'repository', 'repo').filter(Boolean);
  const inRepo = isObject(all.repo) && typeof all.repo.name === 'string' ? [all.repo.name] : [];
  return {
    addresses: urls.filter((url) => addressOf(url) !== null),
    names: [...inRepo, ...urls.filter((url) => addressOf(url) === null)].filter(Boolean),
  };
}

/**
 * One form of an address of git: `host/owner/name`, whatever protocol, user, port, case of the host or `.git` it came with, or how
 * ssh writes it. Null for what is none.
 */
export function addressOf(text: string): { whole: string; place: string } | null {
  if (text.length > maxAddress) return null;
  const trimmed = text.trim().replace(/^git\+/i, '');
  const url = /^(?:https?|ssh|git):\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:]+)(?::\d+)?\/+(.+)$/i.exec(trimmed);
  const short = /^(?:[\w.-]+@(?=[\w.-]+:)|(?=[\w-]+\.))([\w.-]+):(?!\/\/)\/*(.+)$/.exec(trimmed);
  const bare = /^([\w-]+(?:\.[\w-]+)*\.[a-z]{2,})\/([^/]+\/.+)$/i.exec(trimmed);
  const [, host, rest] = url ?? short ?? bare ?? [];
  if (host === undefined || rest === undefined) return null;
  const path = (rest.split(/[?#]/, 1)[0] as string)
    .replace(/\/+$/, '')
    .replace(/\.git$/i, '')
    .replace(/\/+$/, '');
  if (path === '') return null;
  const lowHost = host.toLowerCase().replace(/^www\./, '');
  const place = caseless.has(lowHost) ? path.toLowerCase() : path;
  return { whole: `${lowHost}/${place}`, place };
}

/** An address without what may be a password. */
function shown(address: string): string {
  return address.replace(/^([a-z+]+:\/\/)[^/@]*@/i, '$1').slice(0, 300);
}

function lastPart(path: string): string {
  return (
    path
      .replace(/[\\/]+$/, '')
      .split(/[\\/]/)
      .at(-1) ?? path
  );
}

function unknown(why: string, repo: string): SluiceError {
  return new SluiceError('qa_repository_unknown', why, {
    settings: { qa: { repositories: [{ repo, path: '/absolute/path/of/its/clone' }] } },
    flag: '--repo /absolute/path/of/its/clone',
  });
}

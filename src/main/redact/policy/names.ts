import type { Entity } from './entities.js';
import { withoutPlaceholders } from './entities.js';
import { type PersonalEntity, personalEntities, type RedactionPolicy } from './policy.js';

/** What the name of a key, header or query parameter says about its value. */
export interface NameJudge {
  /** Entity of the value under this key, or null. */
  key(name: string): Entity | null;
  header(name: string): Entity | null;
  /** What of a person stands under this key, column, parameter or header, or null. */
  personal(name: string): PersonalEntity | null;
}

const passwordLike =
  /pass(?:words?|wort|wd|wrd|phrase|code)?$|ps{1,2}(?:wd|wrd|word)$|pas(?:wd|wrd|word)$|pw$|kennwort$|motdepasse$|pwd$|^pass|cv[vc]$/;
const secretHeaderWord =
  /^(?:token|secret|secrets|password|passwd|apikey|auth|authorization|credentials?|cookie|key|signature|sig)$/;

/** `DB_PASS`, `smtp.pw`, `rootPass`: short for a password as a word of its own; passes of compilers, bands and tests are none. */
const shortPassword = /(?:[_.-](?:pass|PASS|Pass|pw|PW|Pw)|[a-z](?:Pass|PW|Pw))\d{0,2}$/;
const otherPass =
  /(?:first|second|third|last|final|next|one|two|multi|single|each|per|render|shader|shadow|light|depth|blur|compiler|compile|optimi[sz]ation|analysis|lint|test|tests|check|checks|did|does|do|must|should|will|can|to|low|high|band|all|by|over|under|num|n|max|min|count|fast|slow|pre|post|main|base|boarding|ski|bus|season|hall|mountain|full|partial|forward|backward|back|clear|gbuffer|proxy|fastcgi|scgi|uwsgi|grpc|memcached|g|z)[_.-]?pass$/i;

/** Judges names by the policy's patterns; answers are kept, up to 10,000 names of at most 128 characters. */
export function createNameJudge(policy: RedactionPolicy): NameJudge {
  const keys = matcher(policy.keys);
  const notKeys = matcher(policy.not_keys);
  const headers = matcher(policy.headers);
  const notHeaders = matcher(policy.not_headers);
  const seen = new Map<string, Entity | null>();
  const seenHeaders = new Map<string, Entity | null>();
  const people = personalEntities.map((entity) => ({ entity, matches: matcher(policy.personal[entity] ?? []) }));
  const seenPersonal = new Map<string, PersonalEntity | null>();

  function judge(name: string): Entity | null {
    const plain = squeeze(name);
    if (plain === '' || notKeys(plain)) return null;
    if (!keys(plain)) return shortPassword.test(name) && !otherPass.test(name) ? 'PASSWORD' : null;
    return entityOf(plain);
  }

  function judgeHeader(name: string): Entity | null {
    const plain = squeeze(name);
    if (headers(plain)) return entityOf(plain);
    if (notHeaders(plain)) return null;
    const words = withoutPlaceholders(name)
      .toLowerCase()
      .split(/[^a-z0-9]+/);
    return words.some((word) => secretHeaderWord.test(word)) || keys(plain) ? entityOf(plain) : null;
  }

  return {
    key(name) {
      if (name.length > 128) return null;
      const cached = seen.get(name);
      if (cached !== undefined) return cached;
      const answer = judge(name);
      if (seen.size >= 10_000) seen.clear();
      seen.set(name, answer);
      return answer;
    },
    header(name) {
      if (name.length > 128) return judgeHeader(name);
      const cached = seenHeaders.get(name);
      if (cached !== undefined) return cached;
      const answer = judgeHeader(name);
      if (seenHeaders.size >= 10_000) seenHeaders.clear();
      seenHeaders.set(name, answer);
      return answer;
    },
    personal(name) {
      if (name.length > 64) return null;
      const cached = seenPersonal.get(name);
      if (cached !== undefined) return cached;
      const plain = squeeze(name).replace(/^x(?=[a-z]{3})/, '');
      const answer = plain === '' ? null : (people.find(({ matches }) => matches(plain))?.entity ?? null);
      if (seenPersonal.size >= 10_000) seenPersonal.clear();
      seenPersonal.set(name, answer);
      return answer;
    },
  };
}

function entityOf(plain: string): Entity {
  if (passwordLike.test(plain)) return 'PASSWORD';
  if (/cookie|sessid|sessionid|connectsid/.test(plain)) return 'COOKIE';
  if (/apikeys?$/.test(plain)) return 'API_KEY';
  if (/token|authorization/.test(plain)) return 'TOKEN';
  return 'SECRET';
}

function squeeze(name: string): string {
  return withoutPlaceholders(name)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/(.)v?\d{1,3}$/, '$1');
}

function matcher(patterns: readonly string[]): (name: string) => boolean {
  const exact = new Set(patterns.filter((pattern) => !pattern.includes('*')));
  const ends = patterns.filter((pattern) => /^\*[^*]+$/.test(pattern)).map((pattern) => pattern.slice(1));
  const starts = patterns.filter((pattern) => /^[^*]+\*$/.test(pattern)).map((pattern) => pattern.slice(0, -1));
  const middles = patterns.filter((pattern) => /^\*[^*]+\*$/.test(pattern)).map((pattern) => pattern.slice(1, -1));
  return (name) =>
    exact.has(name) ||
    ends.some((end) => name.endsWith(end)) ||
    starts.some((start) => name.startsWith(start)) ||
    middles.some((middle) => name.includes(middle));
}

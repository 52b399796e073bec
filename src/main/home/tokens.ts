import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import { uuidv7 } from '../../shared/ids.js';
import {
  type ApiToken,
  type NewToken,
  type TokenScope,
  toIso,
  tokenSchema,
  tokenScopes,
} from '../../shared/model/index.js';
import { replaceFileSync } from '../ground/replace-file.js';

/** `tokens.json`: hashes and what they are worth, never a token. */
const fileSchema = z.object({
  version: z.literal(1),
  tokens: z.array(tokenSchema.extend({ sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
});
type Kept = z.infer<typeof fileSchema>['tokens'][number];

const maxTokens = 1000;
/** A token's last use is written down this often at most, in milliseconds. */
const usedEveryMs = 60_000;

export interface TokenFile {
  /** Whose token it is: `token_id` null for the studio's own, null for none. Takes the same time for every wrong one. */
  verify(presented: unknown): { token_id: string | null; scopes: readonly TokenScope[] } | null;
  list(): ApiToken[];
  /** @returns the token too, for the only time */
  create(token: NewToken): ApiToken & { token: string };
  revoke(tokenId: string): boolean;
  /** SHA-256 in hex of the tokens that open the proxy off loopback, as the file says now. */
  proxyHashes(): string[];
}

/**
 * The API's tokens in their file (0600). What another process changes in it counts from the next request on.
 * @param own the studio's own tokens, which are not in the file; none where only the file is looked after
 */
export function openTokens(path: string, own: readonly string[]): TokenFile {
  const ownHashes = own.map(sha256);
  let tokens: Kept[] = [];
  let seen = '';

  function refresh(): void {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
    const mark = stat === undefined ? 'none' : `${stat.ino}:${stat.mtimeNs}:${stat.size}`;
    if (mark === seen) return;
    tokens = stat === undefined ? [] : readTokens(path);
    seen = mark;
  }

  function write(next: Kept[]): void {
    replaceFileSync(path, `${JSON.stringify({ version: 1, tokens: next }, null, 2)}\n`);
    seen = '';
    refresh();
  }

  function noteUse(token: Kept): void {
    const now = Date.now();
    if (token.last_used_at !== null && now - Date.parse(token.last_used_at) < usedEveryMs) return;
    const last_used_at = toIso(now * 1000);
    write(tokens.map((each) => (each.token_id === token.token_id ? { ...each, last_used_at } : each)));
  }

  return {
    verify(presented) {
      if (typeof presented !== 'string') return null;
      refresh();
      const hash = sha256(presented);
      let isOwn = false;
      for (const ownHash of ownHashes) if (timingSafeEqual(hash, ownHash)) isOwn = true;
      let found: Kept | null = null;
      for (const token of tokens) if (timingSafeEqual(hash, Buffer.from(token.sha256, 'hex'))) found = token;
      if (isOwn) return { token_id: null, scopes: tokenScopes.filter((scope) => scope !== 'proxy') };
      if (found === null) return null;
      noteUse(found);
      return { token_id: found.token_id, scopes: found.scopes };
    },
    list() {
      refresh();
      return tokens.map(shown);
    },
    create({ name, scopes }) {
      refresh();
      if (tokens.length >= maxTokens) {
        throw new SluiceError('validation_failed', `There are ${maxTokens} tokens; revoke some that nobody needs.`);
      }
      const token = `slt_${randomBytes(32).toString('base64url')}`;
      const kept: Kept = {
        token_id: uuidv7(),
        name,
        scopes: tokenScopes.filter((scope) => scopes.includes(scope)),
        created_at: toIso(Date.now() * 1000),
        last_used_at: null,
        sha256: sha256(token).toString('hex'),
      };
      write([...tokens, kept]);
      return { ...shown(kept), token };
    },
    proxyHashes() {
      refresh();
      return tokens.filter(({ scopes }) => scopes.includes('proxy')).map(({ sha256 }) => sha256);
    },
    revoke(tokenId) {
      refresh();
      const left = tokens.filter((token) => token.token_id !== tokenId);
      if (left.length === tokens.length) return false;
      write(left);
      return true;
    },
  };
}

function readTokens(path: string): Kept[] {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).tokens;
  } catch (error) {
    // Going on without it would let its tokens be forgotten at the next writing.
    throw new SluiceError('tokens_invalid', `${path} cannot be read.`, undefined, { cause: error });
  }
}

function shown({ sha256: _hash, ...token }: Kept): ApiToken {
  return token;
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Principal } from '../../shared/contract/operation.js';
import { SluiceError } from '../../shared/errors.js';
import type { AuditActor, TokenScope } from '../../shared/model/index.js';

/** Who may ask, and how often. */
export interface Access {
  /** Whose token it is, the studio's own included; null for none. Notes that it was used. */
  verify(presented: unknown): Principal | null;
  /** What a token is called; null for the studio's own. */
  nameOf(tokenId: string | null): string | null;
  /** Requests that change something, of one token; 0 is no limit. */
  writesPerMinute(): number;
}

/** Whether a token is the right one, in time that depends on neither. */
export function tokenMatches(presented: unknown, expected: string): boolean {
  if (typeof presented !== 'string') return false;
  return timingSafeEqual(sha256(presented), sha256(expected));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** The token of an `Authorization: Bearer …` header. */
export function bearerToken(header: string | undefined): string | null {
  return /^bearer +([^\s]+) *$/i.exec(header ?? '')?.[1] ?? null;
}

/** Whether a token opens what asks for this scope: `admin` opens everything, who may review may read. */
export function allows({ scopes }: Principal, scope: TokenScope): boolean {
  return scopes.includes('admin') || scopes.includes(scope) || (scope === 'read' && scopes.includes('review'));
}

/** Whom the audit log names for what this principal does. Throws `unauthorized` where its token was just revoked. */
export function actorOf(principal: Principal | null): AuditActor {
  if (principal === null) throw new SluiceError('unauthorized', 'The token is missing or wrong.');
  return { kind: principal.token_id === null ? 'studio' : 'token', token_id: principal.token_id };
}

/** Throws `forbidden`, naming the scope that is missing. */
export function checkScope(principal: Principal, scope: TokenScope): void {
  if (allows(principal, scope)) return;
  throw new SluiceError('forbidden', `This token has not the scope ${scope}.`, {
    scope,
    scopes: [...principal.scopes],
  });
}

/** Decides by Host and Origin whether a request was meant for this server by one of its own pages or programs. */
export interface RequestGuard {
  /** Throws `host_rejected` or `origin_rejected`. `changing`: not a plain read, so an opaque origin is refused too. */
  check(request: IncomingMessage, changing: boolean): void;
}

/**
 * A page on any site can make a browser send requests to loopback. Two things stop it: its Origin is not ours, and
 * where it turned its own name into our address (DNS rebinding) the Host still carries that name. So Host must be an IP
 * literal, `localhost`, the configured host or one of `allowedHosts`, with our port; Origin, if there is one, must be
 * the origin of that Host. `allowedHosts` (`name` or `name:port`, e.g. of a reverse proxy) hold for both.
 */
export function createRequestGuard(options: {
  host: string;
  port: () => number;
  allowedHosts: readonly string[];
}): RequestGuard {
  const names = new Set(['localhost', options.host.toLowerCase()]);
  const allowed = new Set(options.allowedHosts.map((host) => host.toLowerCase()));

  function isOurs(authority: string, defaultPort: number): boolean {
    const parsed = parseAuthority(authority);
    if (!parsed) return false;
    if (allowed.has(authority) || allowed.has(parsed.name)) return true;
    if ((parsed.port ?? defaultPort) !== options.port()) return false;
    return names.has(parsed.name) || isIP(parsed.name) !== 0;
  }

  return {
    check(request, changing) {
      const host = request.headers.host?.toLowerCase();
      // Of two names the reader behind might take the other.
      const named = request.rawHeaders.filter((field, index) => index % 2 === 0 && field.toLowerCase() === 'host');
      if (host === undefined || named.length !== 1 || !isOurs(host, 80)) {
        throw new SluiceError('host_rejected', 'The Host header does not name this server.');
      }
      const origin = request.headers.origin?.toLowerCase();
      if (origin === undefined || (origin === 'null' && !changing)) return;
      const match = /^(https?):\/\/([^/]+)$/.exec(origin);
      const own = match?.[2] === host || (match?.[2] !== undefined && allowed.has(match[2]));
      if (!match || !own || !isOurs(match[2] as string, match[1] === 'https' ? 443 : 80)) {
        throw new SluiceError('origin_rejected', 'A page of another origin may not use this server.');
      }
    },
  };
}

/** `name`, `name:port` or `[v6]:port`; null for what is none of them. The name of an IPv6 address has no brackets. */
function parseAuthority(authority: string): { name: string; port: number | null } | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:/?#@[\]]+))(?::(\d{1,5}))?$/.exec(authority);
  if (!match) return null;
  return { name: match[1] ?? (match[2] as string), port: match[3] === undefined ? null : Number(match[3]) };
}

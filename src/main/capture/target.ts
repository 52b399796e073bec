import { SluiceError } from '../../shared/errors.js';

/** Where a request goes. */
export interface Target {
  /** Absolute URL as the upstream is asked, exactly as the client spelled path and query. */
  url: string;
  secure: boolean;
  host: string;
  port: number;
  /** Origin-form path with query. */
  path: string;
  /** Value of the Host header to send; undefined: the client's own. */
  hostHeader?: string;
  via: 'forward' | 'intercept' | 'gateway';
  upstreamName?: string;
  session?: string;
}

export function parseAuthority(authority: string, defaultPort: number): { host: string; port: number } | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:@/[\]]+))(?::(\d{1,5}))?$/.exec(authority);
  if (!match) return null;
  const port = match[3] === undefined ? defaultPort : Number(match[3]);
  if (port < 1 || port > 65_535) return null;
  return { host: (match[1] ?? match[2]) as string, port };
}

/** `host:port` without the scheme's own port; IPv6 in brackets. */
export function formatAuthority(host: string, port: number, secure: boolean): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === (secure ? 443 : 80) ? name : `${name}:${port}`;
}

/** Absolute-form (`GET http://host/path`): a request to a forward proxy. Throws request_target_invalid. */
export function forwardTarget(requestTarget: string): Target {
  const match = /^(https?):\/\/([^/?#]*)([^#]*)$/i.exec(requestTarget);
  const secure = match?.[1]?.toLowerCase() === 'https';
  const authority = match && parseAuthority((match[2] as string).replace(/^[^@]*@/, ''), secure ? 443 : 80);
  if (!match || !authority) {
    throw new SluiceError('request_target_invalid', 'The request target is not an absolute http:// or https:// URL.');
  }
  const rest = match[3] as string;
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  return {
    ...authority,
    secure,
    path,
    // The target decides, whatever Host the client sent or left out (RFC 9112 §3.2.2).
    hostHeader: formatAuthority(authority.host, authority.port, secure),
    via: 'forward',
    url: absolute(secure, authority, path),
  };
}

/** Origin-form inside an intercepted CONNECT to `host:port`. */
export function interceptTarget(connect: { host: string; port: number }, secure: boolean, path: string): Target {
  return { ...connect, secure, path, via: 'intercept', url: absolute(secure, connect, path) };
}

/**
 * Origin-form on the proxy's own port: `/openai/v1/…` or `/s/<session>/openai/v1/…`.
 * Throws upstream_unknown or request_target_invalid.
 */
export function gatewayTarget(path: string, upstreams: Record<string, string>): Target {
  let rest = path;
  let session: string | undefined;
  const named = /^\/s\/([^/?#]{1,200})(\/.*)$/.exec(rest);
  if (named) {
    try {
      session = decodeURIComponent(named[1] as string);
    } catch {
      throw new SluiceError('request_target_invalid', 'The session name in the path is not valid percent-encoding.');
    }
    rest = named[2] as string;
  }
  const match = /^\/([^/?#]+)(.*)$/.exec(rest);
  const name = match?.[1]?.toLowerCase();
  const base = name !== undefined && Object.hasOwn(upstreams, name) ? upstreams[name] : undefined;
  if (!match || name === undefined || base === undefined) {
    throw new SluiceError(
      'upstream_unknown',
      `There is no upstream named "${(name ?? '').slice(0, 64)}". Known: ${Object.keys(upstreams).join(', ')}.`,
    );
  }
  if (path.includes('#') || leadsUpwards(path.split('?', 1)[0] as string)) {
    throw new SluiceError('request_target_invalid', 'A gateway path must not lead upwards (..).');
  }
  const url = new URL(base);
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const tail = match[2] as string;
  const joined = url.pathname.replace(/\/$/, '') + tail;
  const fullPath = joined.startsWith('/') ? joined : `/${joined}`;
  return {
    host,
    port,
    secure,
    path: fullPath,
    hostHeader: formatAuthority(host, port, secure),
    via: 'gateway',
    upstreamName: name,
    session,
    url: absolute(secure, { host, port }, fullPath),
  };
}

/** Whether some server would read `..` out of a path: encoded, more than once, overlong, with parameters or control characters. */
function leadsUpwards(path: string): boolean {
  let read = path;
  for (let round = 0; round < 4; round++) {
    const segments = read.split(/[/\\]/).map(seenBySomeServer);
    if (segments.includes('..')) return true;
    const next = read
      .replace(/%u00([0-9a-f]{2})/gi, '%$1')
      .replace(/%c0%(ae|af)/gi, (_, byte: string) => (byte.toLowerCase() === 'ae' ? '.' : '/'))
      .replace(/%([0-7][0-9a-f])/gi, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16)));
    if (next === read) return false;
    read = next;
  }
  return false;
}

/** Without parameters, blanks and control characters, which some servers strip. */
function seenBySomeServer(segment: string): string {
  const [bare = ''] = segment.split(';', 1);
  return [...bare].filter((char) => char > ' ').join('');
}

function absolute(secure: boolean, authority: { host: string; port: number }, path: string): string {
  return `${secure ? 'https' : 'http'}://${formatAuthority(authority.host, authority.port, secure)}${path}`;
}

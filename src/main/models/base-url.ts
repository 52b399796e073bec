import { isIP } from 'node:net';
import { SluiceError } from '../../shared/errors.js';

/**
 * A profile's address as it is kept: http or https, without credentials, query and trailing slash. A key goes over https, or to this
 * machine. @throws SluiceError `validation_failed`
 */
export function checkedBaseUrl(text: string, hasKey: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) throw refused('An address begins with https:// or http://.');
  if (url.username !== '' || url.password !== '')
    throw refused('Credentials have no place in an address: name a variable that holds the key.');
  if (url.search !== '' || url.hash !== '') throw refused('An address has no query and no fragment.');
  if (hasKey && url.protocol === 'http:' && !isLoopback(url.hostname))
    throw refused('A key is sent over https alone, or to this machine.');
  return url.href.replace(/\/+$/, '');
}

function refused(message: string): SluiceError {
  return new SluiceError('validation_failed', message, [{ path: 'base_url', message }]);
}

/** Whom text is sent to: host, and port where it is not the scheme's own. */
export function hostOf(baseUrl: string): string {
  return new URL(baseUrl).host;
}

/** What leaves, and where to: the words that are agreed to. */
export function leaving(baseUrl: string): string {
  const { host, protocol, hostname } = new URL(baseUrl);
  const how = isLoopback(hostname)
    ? `${host}, on this machine`
    : `${host}${protocol === 'http:' ? ', unencrypted' : ''}, where others may keep it`;
  return `Text of traces, redacted by the policy, with questions about it, is sent to ${how}.`;
}

export function isLoopback(hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return name === 'localhost' || name.endsWith('.localhost') || (isIP(name) !== 0 && /^(127\.|::1$)/.test(name));
}

import { type ErrorCode, SluiceError } from '../../../shared/errors.js';

const dns = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA']);
const refused = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EACCES']);
const reset = new Set([
  'ECONNRESET',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_HTTP2_STREAM_ERROR',
  'ERR_HTTP2_SESSION_ERROR',
  'ERR_HTTP2_GOAWAY_SESSION',
  'ERR_HTTP2_STREAM_CANCEL',
]);
const tlsCodes = /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_OSSL)|CERT|_SIGNED/;

/** The catalogue's error for what went wrong on the way to the upstream. Its message names host and cause, no content. */
export function upstreamError(error: unknown, authority: string): SluiceError {
  if (error instanceof SluiceError) return error;
  const { code: systemCode = '', message = '', reason } = error as NodeJS.ErrnoException & { reason?: string };
  let code: ErrorCode = 'upstream_failed';
  if (dns.has(systemCode)) code = 'upstream_dns';
  else if (refused.has(systemCode)) code = 'upstream_refused';
  else if (systemCode === 'ETIMEDOUT' || systemCode === 'ERR_SOCKET_CONNECTION_TIMEOUT') code = 'upstream_timeout';
  else if (systemCode.startsWith('HPE_')) code = 'upstream_protocol';
  else if (reset.has(systemCode)) code = 'upstream_reset';
  else if (tlsCodes.test(systemCode) || /certificate|altname/i.test(message)) code = 'upstream_tls';
  const why =
    systemCode === ''
      ? (reason ?? message).slice(0, 200)
      : `${systemCode}${message && !message.includes(systemCode) ? `: ${message.slice(0, 200)}` : ''}`;
  return new SluiceError(code, `${authority}: ${why || 'the connection failed'}`, undefined, { cause: error });
}

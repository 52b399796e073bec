import type { ErrorCode } from '../../shared/errors.js';

/** What a request was refused for before it became an exchange: nothing of it is stored. */
export type RefusedRequest = 'token' | 'host' | 'origin' | 'loop' | 'path';

const refusedFor: Partial<Record<ErrorCode, RefusedRequest>> = {
  proxy_auth_required: 'token',
  host_rejected: 'host',
  origin_rejected: 'origin',
  proxy_loop: 'loop',
  request_target_invalid: 'path',
  upstream_unknown: 'path',
};

export function refusedRequest(code: ErrorCode): RefusedRequest | null {
  return refusedFor[code] ?? null;
}

/** A client that would not accept our certificate. */
export interface RefusalEvent {
  host: string;
  port: number;
  client: string;
  reason: string;
}

const alertNames: [pattern: RegExp, meaning: string][] = [
  [/unknown.?ca/i, 'the client does not know the CA (alert unknown_ca)'],
  [/bad.?certificate/i, 'the client rejected the certificate (alert bad_certificate)'],
  [/certificate.?unknown/i, 'the client rejected the certificate (alert certificate_unknown)'],
  [/certificate.?expired/i, 'the client says that the certificate has expired'],
  [/unsupported.?certificate/i, 'the client does not support the certificate'],
  [/no.?shared.?cipher|handshake.?failure/i, 'no common cipher or protocol version'],
  [/wrong.?version|unsupported.?protocol/i, 'no common TLS version'],
];

/** A sentence for why a handshake with a client failed; null where the client only went away (a probe, a pre-connect). */
export function refusalReason(error: NodeJS.ErrnoException & { reason?: string }): string | null {
  const text = `${error.reason ?? ''} ${error.message} ${error.code ?? ''}`;
  for (const [pattern, meaning] of alertNames) if (pattern.test(text)) return meaning;
  // Some clients (Node, pinned apps) just close after seeing the certificate.
  if (error.code === 'ECONNRESET')
    return 'the client closed the connection when it saw the certificate, without saying why';
  return null;
}

/** What to do about it, for the kind of client that its name tells. `command`: how a command is called here. */
export function refusalFix(client: string, caPath: string, command: (name: string) => string): string {
  const run = `start it with \`${command('run')}\``;
  const install = `\`${command('ca install')}\``;
  const name = client.toLowerCase();
  const variable = (text: string) => `Set ${text} for the client, or ${run}.`;
  if (/node|undici|npm|openai\/js|anthropic\/js|claude|gemini-cli/.test(name))
    return variable(`NODE_EXTRA_CA_CERTS=${caPath}`);
  if (/python|requests|httpx|aiohttp|openai\/python|anthropic\/python/.test(name))
    return `Start it with \`${command('run')}\`, which points SSL_CERT_FILE and REQUESTS_CA_BUNDLE at a bundle with the CA in it.`;
  if (/curl/.test(name)) return `Add --cacert ${caPath}, or ${run}.`;
  if (/codex/.test(name)) return variable(`CODEX_CA_CERTIFICATE=${caPath}`);
  if (/deno/.test(name)) return variable(`DENO_CERT=${caPath}`);
  if (/git/.test(name)) return variable(`GIT_SSL_CAINFO=${caPath}`);
  if (/mozilla|chrome|safari|firefox|electron/.test(name)) return `Install the CA with ${install}.`;
  return `Start it with \`${command('run')}\`, install the CA with ${install}, or tunnel this host untouched.`;
}

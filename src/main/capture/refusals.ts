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
  if (error.code === 'ECONNRESET') return 'the client closed the connection when it saw the certificate, without saying why';
  return null;
}

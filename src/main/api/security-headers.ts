import type { IncomingMessage } from 'node:http';

/** What a page of ours may load; the studio needs nothing else. */
function contentSecurityPolicy(host: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    // Mantine writes style elements at run time.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self' ws://${host} wss://${host}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** Headers of every answer. Only a Host that could stand in a URL gets into the policy. */
export function securityHeaders(request: IncomingMessage): { [name: string]: string } {
  const host = request.headers.host ?? '';
  return {
    'content-security-policy': contentSecurityPolicy(/^[A-Za-z0-9.:[\]_-]+$/.test(host) ? host : 'localhost'),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy':
      'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), payment=(), display-capture=()',
    'cache-control': 'no-store',
  };
}

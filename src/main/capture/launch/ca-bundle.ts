import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { getCACertificates } from 'node:tls';
import { replaceFileSync } from '../../ground/replace-file.js';

/**
 * Writes the system's CAs and ours into one PEM file beside the CA and returns its path. A bundle that the user already
 * points SSL_CERT_FILE at is kept in it.
 */
export function writeCaBundle(caPath: string, env: NodeJS.ProcessEnv = process.env): string {
  const path = join(dirname(caPath), 'bundle.pem');
  const own = env.SSL_CERT_FILE;
  const extra = own !== undefined && own !== path && existsSync(own) ? [readFileSync(own, 'utf8')] : [];
  const certificates = new Set(
    [...getCACertificates('bundled'), ...getCACertificates('system'), ...extra, readFileSync(caPath, 'utf8')].map(
      (pem) => pem.trim(),
    ),
  );
  // What the command starts may run as another user.
  replaceFileSync(path, `${[...certificates].join('\n')}\n`, 0o644);
  return path;
}

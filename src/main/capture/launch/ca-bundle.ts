import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { getCACertificates } from 'node:tls';

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
  writeFileSync(`${path}.tmp`, `${[...certificates].join('\n')}\n`, { mode: 0o644 });
  renameSync(`${path}.tmp`, path);
  return path;
}

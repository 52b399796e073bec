import 'reflect-metadata';
import { createPrivateKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { SluiceError } from '../../shared/errors.js';
import { replaceFileSync } from '../ground/replace-file.js';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const day = 24 * 3600 * 1000;

/** The anchor that clients are told to trust, as PEM texts. */
export interface CertificateAuthority {
  certPath: string;
  certPem: string;
  keyPem: string;
}

/** A leaf certificate for one host; `cert` carries the chain. */
export interface LeafCertificate {
  cert: string;
  key: string;
  expires: number;
}

/**
 * Loads the CA from the data folder or makes it once: ECDSA P-256, ten years, key file 0600.
 * Throws key_invalid where only one of the two files is there or they do not belong together.
 */
export async function loadOrCreateCa(dataDir: string): Promise<CertificateAuthority> {
  const folder = join(dataDir, 'ca');
  const certPath = join(folder, 'sluice-ca.pem');
  const keyPath = join(folder, 'sluice-ca.key');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(certPath) && !existsSync(keyPath)) {
    const made = await createCa();
    // The key first: a certificate without its key would be trusted and useless.
    replaceFileSync(keyPath, made.keyPem, 0o600);
    replaceFileSync(certPath, made.certPem, 0o644);
  } else if (!existsSync(certPath) || !existsSync(keyPath)) {
    throw new SluiceError(
      'key_invalid',
      `The CA in ${folder} is incomplete: sluice-ca.pem and sluice-ca.key belong together.`,
    );
  }
  chmodSync(keyPath, 0o600);
  const certPem = readFileSync(certPath, 'utf8');
  const keyPem = readFileSync(keyPath, 'utf8');
  checkPair(folder, certPem, keyPem);
  return { certPath, certPem, keyPem };
}

function checkPair(folder: string, certPem: string, keyPem: string): void {
  try {
    const certificate = new X509Certificate(certPem);
    if (!certificate.checkPrivateKey(createPrivateKey(keyPem))) throw new Error('the key is another one');
    if (Date.parse(certificate.validTo) < Date.now()) throw new Error(`it expired on ${certificate.validTo}`);
  } catch (error) {
    throw new SluiceError(
      'key_invalid',
      `The CA in ${folder} cannot be used: ${(error as Error).message}. Delete both files to have a new one made.`,
      undefined,
      {
        cause: error,
      },
    );
  }
}

async function createCa(): Promise<{ certPem: string; keyPem: string }> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const serial = serialNumber();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial,
    name: `CN=Sluice local CA ${serial.slice(2, 8)}, O=Sluice`,
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + 3650 * day),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certPem: `${certificate.toString('pem')}\n`, keyPem: await exportKey(keys.privateKey) };
}

/** Issues leaf certificates under the CA, one per host, cached; all share one key, which never leaves memory. */
export async function createLeafIssuer(
  ca: Pick<CertificateAuthority, 'certPem' | 'keyPem'>,
): Promise<(host: string) => Promise<LeafCertificate>> {
  const caCertificate = new x509.X509Certificate(ca.certPem);
  const caKey = await webcrypto.subtle.importKey('pkcs8', pemBytes(ca.keyPem), algorithm, false, ['sign']);
  const leafKeys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const leafKeyPem = await exportKey(leafKeys.privateKey);
  const authority = await x509.AuthorityKeyIdentifierExtension.create(caCertificate);
  const subjectKey = await x509.SubjectKeyIdentifierExtension.create(leafKeys.publicKey);
  const cache = new Map<string, Promise<LeafCertificate>>();

  async function issue(host: string): Promise<LeafCertificate> {
    // Clients reject leaves that are valid for more than about 13 months.
    const notAfter = new Date(Date.now() + 300 * day);
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: [{ CN: [host.length <= 64 ? host : 'sluice'] }, { O: ['Sluice'] }],
      issuer: caCertificate.subject,
      notBefore: new Date(Date.now() - day),
      notAfter,
      signingAlgorithm: algorithm,
      publicKey: leafKeys.publicKey,
      signingKey: caKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([{ type: isIP(host) ? 'ip' : 'dns', value: host }]),
        authority,
        subjectKey,
      ],
    });
    return { cert: `${certificate.toString('pem')}\n${ca.certPem}`, key: leafKeyPem, expires: notAfter.getTime() };
  }

  return (host) => {
    const cached = cache.get(host);
    if (cached) return cached;
    // A client that asks for endless host names must not fill the memory.
    if (cache.size >= 2000) cache.delete(cache.keys().next().value as string);
    const made = issue(host);
    cache.set(host, made);
    made.then(
      (leaf) => setTimeout(() => cache.delete(host), Math.min(leaf.expires - Date.now() - day, 20 * day)).unref(),
      () => cache.delete(host),
    );
    return made;
  };
}

function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const base64 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${base64.replace(/(.{64})/g, '$1\n').trimEnd()}\n-----END PRIVATE KEY-----\n`;
}

function pemBytes(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----/g, '').replace(/\s/g, ''), 'base64');
}

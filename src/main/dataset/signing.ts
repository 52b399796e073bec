import { createHash, createPrivateKey, createPublicKey, hkdfSync, sign, verify } from 'node:crypto';
import * as z from 'zod';
import { parseJson } from '../ground/json.js';

/** Signs what a dataset's manifest says, under a key that the data folder's own key gives. */
export interface Signer {
  /** The public key: SubjectPublicKeyInfo, PEM. */
  public_key: string;
  /** The content of manifest.sig for a manifest.json. */
  signature(manifest: string): string;
}

export const signatureFile = 'manifest.sig';

const signatureSchema = z.object({
  format_version: z.literal(1),
  algorithm: z.literal('Ed25519'),
  /** SHA-256 over the public key's DER form, lowercase hex. */
  key_id: z.string(),
  public_key: z.string(),
  manifest_sha256: z.string(),
  signature: z.base64(),
});

/** What stands before the 32 bytes of an Ed25519 private key in PKCS#8 (RFC 8410). */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Ed25519 (RFC 8032); the same key for the same data folder. `key`: 32 bytes that nobody else has. */
export function datasetSigner(key: Uint8Array): Signer {
  const seed = new Uint8Array(hkdfSync('sha256', key, new Uint8Array(0), 'sluice dataset signature 1', 32));
  const secret = createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8' });
  const open = createPublicKey(secret);
  const public_key = open.export({ format: 'pem', type: 'spki' }) as string;
  const key_id = sha256(open.export({ format: 'der', type: 'spki' }));
  return {
    public_key,
    signature(manifest) {
      const signed: z.infer<typeof signatureSchema> = {
        format_version: 1,
        algorithm: 'Ed25519',
        key_id,
        public_key,
        manifest_sha256: sha256(manifest),
        signature: sign(null, Buffer.from(manifest), secret).toString('base64'),
      };
      return `${JSON.stringify(signed, null, 2)}\n`;
    },
  };
}

/** What is wrong with a signature of a manifest; null: it is the key's that it names. */
export function signatureProblem(manifest: string, text: string): string | null {
  const parsed = signatureSchema.safeParse(parseJson(text));
  if (!parsed.success) return 'manifest.sig cannot be read';
  const { public_key, key_id, manifest_sha256, signature } = parsed.data;
  if (manifest_sha256 !== sha256(manifest)) return 'manifest.json is not the one that was signed';
  try {
    const key = createPublicKey(public_key);
    if (key.asymmetricKeyType !== 'ed25519') return 'manifest.sig names no Ed25519 key';
    if (sha256(key.export({ format: 'der', type: 'spki' })) !== key_id)
      return 'manifest.sig names another key than it holds';
    if (verify(null, Buffer.from(manifest), key, Buffer.from(signature, 'base64'))) return null;
  } catch {
    return 'manifest.sig holds no key';
  }
  return 'the signature does not match';
}

/** The key that signed, as manifest.sig names it; null where it cannot be read. */
export function keyIdOf(text: string): string | null {
  return signatureSchema.safeParse(parseJson(text)).data?.key_id ?? null;
}

function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { SluiceError } from '../../../shared/errors.js';

const nonceBytes = 12;
const tagBytes = 16;

/** Encrypts what redaction could not read: AES-256-GCM, a fresh nonce each time, bound to its address. */
export class Sealer {
  readonly #key: Uint8Array;
  readonly #addressKey: Uint8Array;

  /** `key`: 32 bytes. */
  constructor(key: Uint8Array) {
    if (key.length !== 32) throw new SluiceError('key_invalid', 'The key for sealed bodies does not have 32 bytes.');
    this.#key = new Uint8Array(hkdfSync('sha256', key, '', 'sluice store sealed body', 32));
    this.#addressKey = new Uint8Array(hkdfSync('sha256', key, '', 'sluice store sealed address', 32));
  }

  /** 32 hexadecimal digits that name the content but let nobody without the key test a guess at it. */
  address(bytes: Uint8Array): string {
    return createHmac('sha256', this.#addressKey).update(bytes).digest('hex').slice(0, 32);
  }

  seal(bytes: Uint8Array, address: Uint8Array): Buffer {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(address);
    return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  }

  /** @throws SluiceError `key_invalid` where the key or the data is not the one it was sealed with */
  open(sealed: Uint8Array, address: Uint8Array): Buffer {
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, sealed.subarray(0, nonceBytes)).setAAD(address);
      decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
      return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()]);
    } catch (cause) {
      throw new SluiceError('key_invalid', 'A sealed body cannot be opened with this key.', undefined, { cause });
    }
  }
}

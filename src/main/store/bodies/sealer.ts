import { createHmac, hkdfSync } from 'node:crypto';
import { SluiceError } from '../../../shared/errors.js';
import { openBox, sealBox } from '../../ground/sealed-box.js';

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
    return sealBox(this.#key, bytes, address);
  }

  /** @throws SluiceError `key_invalid` where the key or the data is not the one it was sealed with */
  open(sealed: Uint8Array, address: Uint8Array): Buffer {
    try {
      return openBox(this.#key, sealed, address);
    } catch (cause) {
      throw new SluiceError('key_invalid', 'A sealed body cannot be opened with this key.', undefined, { cause });
    }
  }
}

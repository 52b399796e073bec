/** Encryption by the desktop: what it seals only the same user on the same machine can open. Both reject on failure. */
export interface Keychain {
  seal(text: string): Promise<Uint8Array>;
  open(sealed: Uint8Array): Promise<string>;
}

/** The 16 bytes of a UUID: half the size of its text, in every row and every index. */
export function uidBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

/** The 16 bytes of an id that came from outside; null where it is no UUID at all. */
export function uidOrNull(id: string): Buffer | null {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(id) ? uidBytes(id) : null;
}

/** Canonical text of a stored id. */
export function uidText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, 16).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

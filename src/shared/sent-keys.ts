/** Before every key of what was sent without admin: no captured session, trace or call is looked up under it. */
const sentPrefix = 'sent ';

/** The key of what was sent without admin: so many of them as may come, none stands among those of what was captured. */
export function sentKey(key: string): string {
  return sentPrefix + key;
}

export function isSentKey(key: string | null): boolean {
  return key?.startsWith(sentPrefix) ?? false;
}

/** The key that what was captured has for the same. */
export function capturedKey(key: string): string {
  return isSentKey(key) ? key.slice(sentPrefix.length) : key;
}

import type { CapturedClient } from './model/captured.js';

/**
 * Key of one client connection: two exchanges with the same key came over the same connection. Address and port are in
 * it because connection numbers start again when the studio does.
 */
export function connectionKey(client: Pick<CapturedClient, 'address' | 'port' | 'connection'>): string {
  return `${client.address}:${client.port}#${client.connection}`;
}

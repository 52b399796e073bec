import { createHmac } from 'node:crypto';

/**
 * What delimits content in a prompt: whoever wrote the content cannot know it, since it is made of it under this folder's key, and the
 * same prompt has the same one, so that its answer is found again.
 */
export function nonceOf(key: Uint8Array, ...content: readonly string[]): string {
  return createHmac('sha256', key).update(JSON.stringify(content)).digest('hex').slice(0, 20);
}

/** Content between its markers; `left`: what was left out of it, told before it. */
export function delimited(name: string, nonce: string, text: string, left: string): string {
  return `${left === '' ? '' : `${left}\n`}<<<${name} ${nonce}\n${text}\n${name} ${nonce}>>>`;
}

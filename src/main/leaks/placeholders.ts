import { entities } from '../../shared/policy.js';

const names = [...entities].sort((a, b) => b.length - a.length).join('|');
const pattern = new RegExp(`(?:<|%3[Cc])(?:${names})_(?:[0-9a-f]{8}|MASKED)(?:>|%3[Ee])`, 'g');

/** The text with what stands for a redacted value blanked, as long as before: `user:<PASSWORD_…>@host` holds no password. */
export function blankPlaceholders(text: string): string {
  if (!text.includes('<') && !text.includes('%3')) return text;
  return text.replace(pattern, (match) => ' '.repeat(match.length));
}

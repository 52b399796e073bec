import * as z from 'zod';
import type { ModelMessage } from '../../ground/language-model.js';
import type { Domain } from '../domains/domain.js';
import type { Sampled } from '../sampler/sample.js';

/** Grows with every change of the words: answers to others are not the same answers. */
export const requestVersion = '1';

export const requestReply = z.object({ request: z.string().min(1).max(2000) });

const instructions = [
  'You write one message that a person sends to an assistant at work. You get who writes, in which manner, and what is wanted.',
  'Say it as that person would, in words of your own: another order, other sentences, a reason or a situation where it fits.',
  'Keep every id, name, number, date, amount and state as it stands, and ask for nothing more and nothing less: the same things,',
  'of the same number, with the same conditions. What is to be confirmed stays confirmed. Name no tools and no fields.',
].join(' ');

/** Phase 1: how a person would ask for what was sampled. */
export function requestPrompt(domain: Domain, { caller, style, text, intent }: Sampled): ModelMessage[] {
  const asked = {
    field: domain.title,
    about: domain.file.about,
    person: { name: caller.name, role: caller.role },
    manner: style,
    intent,
    wanted: text,
  };
  return [
    { role: 'system', content: instructions },
    { role: 'user', content: JSON.stringify(asked, null, 1) },
  ];
}

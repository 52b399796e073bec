/** How people ask, whatever for. `{clause}` is a command: "list the open invoices". */
export const styles = ['plain', 'polite', 'terse', 'chatty', 'formal'] as const;
export type Style = (typeof styles)[number];

export const frames: { readonly [S in Style]: readonly string[] } = {
  plain: [
    '{clause}.',
    '{clause}, please.',
    'please {clause}.',
    'I need you to {clause}.',
    'now {clause}.',
    'go and {clause}.',
    '{clause} for me.',
    'next: {clause}.',
  ],
  polite: [
    'could you {clause}?',
    'could you please {clause}?',
    'would you {clause}, please?',
    'can you {clause} for me?',
    'I would be glad if you could {clause}.',
    'would you be so kind as to {clause}?',
    'if you have a moment, {clause}.',
    'may I ask you to {clause}?',
    'it would help me a lot if you could {clause}.',
    'please be so good as to {clause}.',
  ],
  terse: [
    '{clause}',
    '{clause}.',
    'pls {clause}',
    '{clause} asap',
    '{clause}, thx',
    'need: {clause}',
    'todo: {clause}',
  ],
  chatty: [
    'any chance you could {clause}?',
    'can you quickly {clause}?',
    'would be great if you could {clause}.',
    'mind if I ask you to {clause}?',
    "let's {clause}.",
    'so, {clause}, will you?',
    'I was wondering whether you could {clause}.',
    'do me a favour and {clause}.',
  ],
  formal: [
    'I would like you to {clause}.',
    'kindly {clause}.',
    'you are asked to {clause}.',
    'I request that you {clause}.',
    'it is necessary to {clause}.',
    'as discussed, {clause}.',
    'for the record, {clause}.',
    'we have to {clause}.',
  ],
};

/** Of rows; `{it}` is a noun phrase. */
export const commands: readonly string[] = [
  'show me {it}',
  'list {it}',
  'pull up {it}',
  'get me {it}',
  'find {it}',
  'bring up {it}',
  'look up {it}',
  'give me {it}',
  'fetch {it}',
  'dig out {it}',
  'send me a list of {it}',
];

/** Of one row. */
export const readings: readonly string[] = [
  'open {it}',
  'show me the details of {it}',
  'pull up {it}',
  'tell me all that we have on {it}',
  'look at {it} for me',
  'read me {it}',
  'check what {it} says',
  'bring up {it}',
  'have a look at {it}',
  'give me everything on {it}',
];

export const joins: readonly string[] = [
  '{a} and {b}',
  '{a}, then {b}',
  '{a} and then {b}',
  'first {a}, after that {b}',
  '{a}; once that is done, {b}',
  '{a}, and when you have it, {b}',
  '{a}, and also {b}',
];

export const confirmations: readonly string[] = [
  'Yes, I confirm it.',
  'You have my confirmation.',
  'I confirm this, no need to ask again.',
  'This is confirmed from my side.',
  'Consider it confirmed.',
  'Confirmed, go ahead.',
];
export const greetings: readonly string[] = [
  'Hi,',
  'Hello!',
  'Hey there.',
  'Good morning.',
  'Hi there,',
  'Morning!',
  'Quick one:',
  'Good afternoon.',
];
export const closings: readonly string[] = [
  'Thanks!',
  'Thank you.',
  'Many thanks.',
  'Thanks a lot.',
  'Much appreciated.',
  'Cheers.',
];

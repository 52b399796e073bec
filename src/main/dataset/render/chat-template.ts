import { Environment, Template } from '@huggingface/jinja';
import { SluiceError } from '../../../shared/errors.js';
import type { Json } from '../../../shared/model/index.js';
import { boundedInterpreter } from './bounded-interpreter.js';
import { freeMarks, hasGenerationTags, readMarks, type Span, withMarks } from './generation-tags.js';

/** What a template is given, as transformers' `apply_chat_template` gives it. */
export interface TemplateInput {
  messages: readonly Json[];
  tools: Json | null;
  add_generation_prompt: boolean;
  /** Further variables: a row's own `chat_template_kwargs`, special tokens. */
  variables: { readonly [name: string]: Json };
}

export interface ChatTemplate {
  /** Whether it says which parts an assistant gives. */
  tagged: boolean;
  /**
   * Spans are what stands between generation tags; null where the template has none, or cut them apart.
   * Throws `template_failed`: what it raised itself, or what this engine cannot carry out.
   */
  render(input: TemplateInput): { text: string; spans: Span[] | null };
}

/** What transformers offers every template. A row's own variables never stand in their place. */
const globals = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
  range,
  raise_exception(message: string): never {
    throw new Error(message);
  },
  strftime_now: (format: string) => strftime(fixedDay, format),
  'str.strip': (text: string, characters: string) => stripped(text, characters, true, true),
  'str.lstrip': (text: string, characters: string) => stripped(text, characters, true, false),
  'str.rstrip': (text: string, characters: string) => stripped(text, characters, false, true),
};

/** Python's strip with the characters to take away. */
function stripped(text: string, characters: string, atStart: boolean, atEnd: boolean): string {
  const taken = new Set(characters);
  const units = [...text];
  let from = 0;
  let to = units.length;
  while (atStart && from < to && taken.has(units[from] as string)) from += 1;
  while (atEnd && to > from && taken.has(units[to - 1] as string)) to -= 1;
  return units.slice(from, to).join('');
}

/** @huggingface/jinja 0.5 takes no notice of what strip() is told to take away: such calls go to functions of ours. */
function callStripping(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  for (const inner of Object.values(node)) callStripping(inner);
  const call = node as { type?: string; callee?: Member; args?: unknown[] };
  if (call.type !== 'CallExpression' || call.callee?.type !== 'MemberExpression' || call.args?.length !== 1) return;
  const { object, property, computed } = call.callee;
  const name = `str.${property.value}`;
  if (computed || !Object.hasOwn(globals, name)) return;
  call.callee = { type: 'Identifier', value: name } as unknown as Member;
  call.args = [object, ...call.args];
}
interface Member {
  type: string;
  object: unknown;
  property: { value: string };
  computed: boolean;
}

/** Python's range, of at most a million numbers. */
function range(first: number, end?: number, step = 1): number[] {
  if (step === 0) throw new RangeError('range() step must not be zero');
  const [from, to] = end === undefined ? [0, first] : [first, end];
  const count = Math.max(0, Math.ceil((to - from) / step));
  if (!(count <= 1_000_000)) throw new RangeError('range() of more than a million numbers');
  return Array.from({ length: count }, (_, index) => from + index * step);
}

/** Templates write the day; the same row must give the same text on every day. */
const fixedDay = new Date(Date.UTC(2026, 0, 1));

/** Throws `template_invalid` where the text is no template that can be read. */
export function chatTemplate(text: string): ChatTemplate {
  const tagged = hasGenerationTags(text);
  compile(text);
  const compiled = new Map<string, Template>();
  return {
    tagged,
    render({ messages, tools, add_generation_prompt, variables }) {
      const context = { ...variables, messages, ...(tools === null ? {} : { tools }), add_generation_prompt };
      if (!tagged) return { text: run(compiledAs(text), context), spans: null };
      const marks = freeMarks([text, JSON.stringify(context)]);
      return readMarks(run(compiledAs(withMarks(text, marks)), context), marks);
    },
  };

  function compiledAs(source: string): Template {
    const template = compiled.get(source) ?? compile(source);
    compiled.set(source, template);
    return template;
  }
}

function compile(text: string): Template {
  try {
    const template = new Template(text);
    callStripping(template.parsed);
    return template;
  } catch (error) {
    throw new SluiceError('template_invalid', `The chat template cannot be read: ${(error as Error).message}`);
  }
}

function run(template: Template, context: { readonly [name: string]: unknown }): string {
  try {
    const environment = new Environment();
    for (const [name, value] of Object.entries({ ...context, ...globals })) environment.set(name, value);
    return String(boundedInterpreter(environment, JSON.stringify(context).length).run(template.parsed).value);
  } catch (error) {
    throw new SluiceError('template_failed', `The chat template refused the row: ${(error as Error).message}`);
  }
}

const months = 'January February March April May June July August September October November December'.split(' ');
const days = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

/** Python's strftime as far as templates use it, in UTC; an unknown directive stays as it is. */
function strftime(date: Date, format: string): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const month = months[date.getUTCMonth()] as string;
  const day = days[date.getUTCDay()] as string;
  const directives: { readonly [letter: string]: string } = {
    Y: String(date.getUTCFullYear()),
    m: two(date.getUTCMonth() + 1),
    d: two(date.getUTCDate()),
    B: month,
    b: month.slice(0, 3),
    A: day,
    a: day.slice(0, 3),
    H: two(date.getUTCHours()),
    M: two(date.getUTCMinutes()),
    S: two(date.getUTCSeconds()),
    '%': '%',
  };
  return format.replace(/%([A-Za-z%])/g, (whole, letter: string) => directives[letter] ?? whole);
}

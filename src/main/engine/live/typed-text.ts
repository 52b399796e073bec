import { hkdfSync } from 'node:crypto';
import { SluiceError } from '../../../shared/errors.js';
import type { Finding, TypedFinding } from '../../../shared/model/index.js';
import { type Entity, isSecret } from '../../../shared/policy.js';
import type { Settings } from '../../../shared/settings.js';
import type { createExports } from '../../dataset/index.js';
import { openBox, sealBox } from '../../ground/sealed-box.js';
import type { TokenFile } from '../../home/tokens.js';
import type { StoreCommands } from '../../store/index.js';
import { jobTexts, quoted } from './job-texts.js';
import { hasCredentials } from './sealed-credentials.js';

interface Dependencies {
  /** By the policy that holds now. Spans count in the redacted text. */
  redact(text: string): { text: string; findings: Finding[] };
  /** Stores what was found. */
  keep(findings: TypedFinding[]): Promise<unknown>;
}

type Place = TypedFinding['placement'];
type StartExport = ReturnType<typeof createExports>['start'];
type Writes = Pick<StoreCommands, 'setReview' | 'setPurpose' | 'saveFilter'>;
type Tokens = Pick<TokenFile, 'create'>;

/**
 * The gate for what users type: notes, tags, names, filters. It stands before everything that stores such a text, so
 * that what is not written in captures is not written beside them either.
 */
export function typedText({ redact, keep }: Dependencies) {
  /** Texts with their findings replaced; these are counted before anything else is done with the texts. */
  async function clean(texts: readonly string[], placement: Place, traceId: string | null = null): Promise<string[]> {
    const found: TypedFinding[] = [];
    const cleaned = texts.map((typed) => {
      const redacted = redact(typed);
      for (const { finding_id: _, path: __, ...finding } of redacted.findings) {
        found.push({ ...finding, placement, text: redacted.text, trace_id: traceId });
      }
      return redacted.text;
    });
    if (found.length > 0) await keep(found);
    return cleaned;
  }
  const one = async (typed: string, placement: Place) => (await clean([typed], placement))[0] as string;
  const text = (value: string) => redact(value).text;

  return {
    clean: one,
    /** Several texts of one kind, which belong to a trace or to none. */
    texts: clean,
    /** A query as it may be stored. */
    query: (typed: string) => quoted(typed, text(typed)),

    writes(writes: Writes): Writes {
      return {
        async setReview(traceId, patch, reviewer, bulk) {
          const note = patch.note && (await clean([patch.note], 'note', traceId))[0];
          const tags = patch.tags && (await clean(patch.tags, 'tag', traceId));
          const cleaned = {
            ...patch,
            ...(note === undefined ? {} : { note }),
            ...(tags === undefined ? {} : { tags }),
          };
          return writes.setReview(traceId, cleaned, reviewer, bulk);
        },
        async setPurpose(traceId, purpose) {
          const texts = Object.values(purpose).filter((text) => typeof text === 'string');
          const cleaned = await clean(texts, 'tag', traceId);
          const cleanOf = (text: string | null) => (text === null ? null : (cleaned[texts.indexOf(text)] as string));
          const entries = Object.entries(purpose).map(([name, text]) => [name, cleanOf(text)]);
          return writes.setPurpose(traceId, Object.fromEntries(entries));
        },
        async saveFilter({ scope, name, query }) {
          const texts = await clean([name, query], 'filter');
          return writes.saveFilter({ scope, name: texts[0] as string, query: quoted(query, texts[1] as string) });
        },
      };
    },

    tokens(tokens: Tokens): Tokens {
      return {
        // The name is written at once, by whoever asks: what was found in it is counted right after.
        create(token) {
          const name = redact(token.name);
          const made = tokens.create({ ...token, name: name.text });
          void one(token.name, 'name').catch(() => {});
          return made;
        },
      };
    },

    /** An export's folder and split names are used as they are: what must not lie on disk is refused. */
    exports(start: StartExport): StartExport {
      return async (options, out, order) => {
        refuseSecrets(
          [...(out === null ? [] : [out]), ...Object.keys(options.split ?? {})],
          'name of the export',
          redact,
        );
        const { name, reason } = order.allow_leaks ?? { name: '', reason: '' };
        refuseSecrets([name, reason], 'reason', redact);
        return start(options, out, order);
      };
    },

    /** What is run and opened as it is said, whatever holds its texts: a command with a placeholder in it would be another. */
    said: (value: object, what: string): void => refuseSecrets(textsIn(value), what, redact),

    /** What is used as it is. */
    asItIs: (texts: readonly string[], what: string): void => refuseSecrets(texts, what, redact),

    /** Hosts, names and commands of settings are used as they are. URLs may hold credentials: these are sealed. */
    settings({
      host = '',
      reviewer_name = '',
      intercept = [],
      tunnel = [],
      no_proxy = [],
      upstreams = {},
      webhooks = [],
      qa = undefined,
    }: Partial<Settings>): void {
      // Of an address with credentials all is sealed; what else is one stands in its path.
      const paths = webhooks.flatMap(({ url }) => (hasCredentials(url) ? [] : [url]));
      const used = [host, reviewer_name, ...intercept, ...tunnel, ...no_proxy, ...Object.keys(upstreams), ...paths];
      refuseSecrets([...used, ...textsIn(qa)], 'setting', redact);
    },

    jobs: jobTexts(text),
  };
}

/** Throws where one of the texts holds a secret; personal data may be in paths, where it names the user's own folders. */
export function refuseSecrets(texts: readonly string[], what: string, redact: Dependencies['redact']): void {
  const found = texts.flatMap((text) => redact(text).findings).find(({ entity }) => isSecret(entity as Entity));
  if (found === undefined) return;
  throw new SluiceError('validation_failed', `The ${what} holds a secret (${found.entity}); choose another.`);
}

/** Texts at any depth; a list of them is looked at as one line too, since some secrets are known by the word before them. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  const each = Object.values(value);
  const isLine = Array.isArray(value) && each.length > 1 && each.every((word) => typeof word === 'string');
  return [...each.flatMap(textsIn), ...(isLine ? [each.join(' ')] : [])];
}

/** What such a text is bound to: its key alone. */
const unbound = new Uint8Array();

/** Paths that a job needs again after a restart: on disk as a sealed box whose tag stands before the ciphertext, in base64. */
export function sealedText(master: Uint8Array) {
  const key = new Uint8Array(hkdfSync('sha256', master, '', 'sluice sealed text', 32));
  return {
    seal(text: string): string {
      const box = sealBox(key, Buffer.from(text), unbound);
      return Buffer.concat([box.subarray(0, 12), box.subarray(-16), box.subarray(12, -16)]).toString('base64');
    },
    /** @throws where it was sealed under another key, or altered */
    open(sealed: string): string {
      const bytes = Buffer.from(sealed, 'base64');
      const box = Buffer.concat([bytes.subarray(0, 12), bytes.subarray(28), bytes.subarray(12, 28)]);
      return openBox(key, box, unbound).toString('utf8');
    },
  };
}

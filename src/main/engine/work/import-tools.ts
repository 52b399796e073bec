import { type ErrorCode, errorCatalogue, SluiceError } from '../../../shared/errors.js';
import { uuidv7 } from '../../../shared/ids.js';
import { readCall, readMessages } from '../../decode/index.js';
import { silent } from '../../ground/job-kind.js';
import { type ImportTools, ownBodies } from '../../intake/index.js';
import { chosenLines, type ToolsBeside } from '../../oracle/index.js';
import { type ConsentGate, foreignConsent } from '../../privacy/index.js';
import { createPseudonyms, type Redactor } from '../../redact/index.js';
import { opencodeSessions, type StoreReader } from '../../store/index.js';
import { type Scan, validateTraces } from '../../validate/index.js';
import { sealedText } from '../live/typed-text.js';
import type { EngineCalls, Took } from './engine-calls.js';

/** What imports work with: they read the store themselves, and ask the engine for the bytes of a request and the way into the journal. */
export function importTools(parts: {
  reader: Pick<StoreReader, 'exchange' | 'traceIdByKey' | 'trace' | 'traceSummary'>;
  engine: Pick<EngineCalls, 'take' | 'stopTaking' | 'uploaded' | 'stored'>;
  sealKey: Uint8Array;
  pseudonymKey: Uint8Array;
  redactor(): Redactor;
  scan: Scan;
  toolsBeside: ToolsBeside;
}): ImportTools {
  const { reader, engine, redactor, scan } = parts;
  const trace = (traceId: string) => reader.trace(traceId);
  const pseudonyms = createPseudonyms(parts.pseudonymKey);
  const gate: ConsentGate = {
    redact: (text) => redactor().text(text).text,
    pseudonym: (text) => pseudonyms('PERSON', text),
  };
  return {
    readMessages,
    readCall,
    toolsBeside: parts.toolsBeside,
    chosenLines,
    async submitExchanges(exchanges, { signal, written } = {}) {
      const taking = uuidv7();
      const stop = () => void engine.stopTaking(taking);
      signal?.addEventListener('abort', stop, { once: true });
      try {
        const took = await engine.take(taking, exchanges.map(ownBodies));
        written?.(took.written);
        signal?.throwIfAborted();
        if (took.error !== null) throw failure(took.error);
      } finally {
        signal?.removeEventListener('abort', stop);
      }
    },
    stored: engine.stored,
    exchange: (exchangeId) => reader.exchange(exchangeId, 0),
    traceIdByKey: (key) => reader.traceIdByKey(key),
    hasTrace: (traceId) => reader.traceSummary(traceId) !== null,
    consentOf: (value) => foreignConsent(value, { by: 'import' }, gate),
    validate: (traceIds, signal) => validateTraces.run({ trace_ids: traceIds }, { ...silent, signal }, { trace, scan }),
    async *upload(id) {
      for (let bytes = await engine.uploaded(id); bytes !== null; bytes = await engine.uploaded(id)) yield bytes;
    },
    openSealed: sealedText(parts.sealKey).open,
    sessionsIn(path) {
      try {
        return opencodeSessions(path);
      } catch (error) {
        throw new SluiceError('import_unreadable', 'The database cannot be read.', undefined, { cause: error });
      }
    },
  };
}

function failure({ code, message, details }: NonNullable<Took['error']>): Error {
  return code in errorCatalogue ? new SluiceError(code as ErrorCode, message, details) : new Error(message);
}

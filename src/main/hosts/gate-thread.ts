import { type MessagePort, workerData } from 'node:worker_threads';
import { readExchange } from '../decode/index.js';
import { openJournalReader } from '../journal/reader.js';
import { goAhead } from '../pipeline/gate-ahead.js';
import { createRedactor } from '../redact/index.js';
import type { GateThreadData } from '../threads/protocol.js';
import { stepBack } from '../threads/step-back.js';

/** The gate's thread: journal → decode → redact, ahead of the pipeline's, where much waits. */

const data = workerData as GateThreadData & { port: MessagePort };

stepBack();
const redactor = createRedactor({
  policy: data.policy,
  key: data.pseudonymKey,
  secrets: data.secrets,
  values: data.values,
  clean: data.clean,
});
goAhead(data.from, {
  reader: openJournalReader(data.journalDir, data.journalKey),
  redact: (captured) => redactor.exchange(readExchange(captured)),
  skip: data.skip,
  port: data.port,
});

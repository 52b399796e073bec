import type { SentKind } from '../../shared/model/index.js';
import { readMessages } from '../decode/index.js';
import { createOtlpReader, createSentBodies, type SentRequest, takenBytes } from '../intake/index.js';
import { serveThread } from '../threads/worker-side.js';

/** The intake thread: reads the bodies that other programs send, and makes records of them. */

const bodies = createSentBodies({ readMessages, readOtlp: createOtlpReader(readMessages) });

serveThread<SentRequest<SentKind>, never>({
  lane: () => 'control',
  bytesOf: takenBytes,
  request: (request) => bodies.answer(request),
  connect() {},
});

import { connection } from './connection.js';
import type { Fault } from './fault.js';
import { missingArgument } from './missing-argument.js';
import { rateLimit } from './rate-limit.js';
import { timeout } from './timeout.js';
import { wrongName } from './wrong-name.js';

/** Every kind of fault that a tool call recovers from. */
export const faults: readonly Fault[] = [timeout, rateLimit, connection, missingArgument, wrongName];

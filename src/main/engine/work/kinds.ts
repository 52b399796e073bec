import { exportKind } from '../../dataset/index.js';
import { listOf } from '../../ground/list.js';
import { finalizeKind } from '../../intake/index.js';
import { rescanKind } from '../../privacy/index.js';
import { validateKind } from '../../validate/index.js';

/**
 * The kinds of jobs that run on the work thread, which gives them the tools of `tools.ts`. Kinds that live beside the API stand in
 * their parts: imports (they read a request's own stream and feed the journal), erasure and what is held on a subject (values in
 * the clear stay in one memory), consents and retention (they wait for the store's thread).
 */
export const workKinds = listOf('job kinds', [exportKind, finalizeKind, rescanKind, validateKind]);

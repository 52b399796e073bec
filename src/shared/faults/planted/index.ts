import { contradiction } from './contradiction.js';
import { destructiveCommand } from './destructive-command.js';
import { droppedArgument } from './dropped-argument.js';
import { ignoredError } from './ignored-error.js';
import { ignoredFailingTests } from './ignored-failing-tests.js';
import { inventedResult } from './invented-result.js';
import { leakedSecret } from './leaked-secret.js';
import type { PlantedFault } from './planted-fault.js';
import { repeatedCalls } from './repeated-calls.js';
import { skippedEvidence } from './skipped-evidence.js';
import { unsupportedConclusion } from './unsupported-conclusion.js';
import { unverifiedClaim } from './unverified-claim.js';
import { wrongArgument } from './wrong-argument.js';
import { wrongTool } from './wrong-tool.js';

/** Every kind of fault that makes a good trajectory a wrong one. */
export const plantedFaults: readonly PlantedFault[] = [
  wrongArgument,
  wrongTool,
  droppedArgument,
  ignoredError,
  ignoredFailingTests,
  inventedResult,
  unverifiedClaim,
  destructiveCommand,
  leakedSecret,
  repeatedCalls,
  skippedEvidence,
  unsupportedConclusion,
  contradiction,
];

/** The engine as a library. Needs the Node that package.json pins, or a newer one. */
export { SluiceError } from '../../shared/errors.js';
export { startEngine } from './engine.js';
export { TraceNormalizer } from './trace-normalizer.js';
export { TraceProxy } from './trace-proxy.js';
export { TraceValidator } from './trace-validator.js';
export type {
  CaptureSummary,
  NormalizedTraces,
  NormalizeOptions,
  SluiceEngine,
  StandardToolCall,
  StartOptions,
  TraceProxyOptions,
  ValidationResult,
} from './types.js';

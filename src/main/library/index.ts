/** The engine as a library. Needs the Node that package.json pins, or a newer one. */
export { SluiceError } from '../../shared/errors.js';
export { DatasetGenerator } from './dataset-generator.js';
export { startEngine } from './engine.js';
export { DomainRegistry, GoldTraceGenerator, OracleAgent } from './gold-traces.js';
export { TraceNormalizer } from './trace-normalizer.js';
export { TraceProxy } from './trace-proxy.js';
export { TraceValidator } from './trace-validator.js';
export type {
  CaptureSummary,
  DatasetGeneratorOptions,
  GeneratedDataset,
  GoldTraceOptions,
  NormalizedTraces,
  NormalizeOptions,
  PromptOf,
  SluiceEngine,
  StandardToolCall,
  StartOptions,
  TraceProxyOptions,
  ValidationResult,
} from './types.js';

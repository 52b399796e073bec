export { type Entity, entities } from './entities.js';
export { defaultPolicy, loadPolicy, type RedactionPolicy } from './policy.js';
export { createRedactor, type Redactor, type RedactorOptions } from './redactor.js';

export { Conversation } from './Conversation.js';
export { ExpansionProvider } from './expansion.js';
export { TracePage } from './TracePage.js';
export { useStepActs } from './use-step-acts.js';
export { type TraceData, useTrace } from './use-trace.js';

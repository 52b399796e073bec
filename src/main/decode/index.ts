export { clientName, peekModel } from './client.js';
export { decodeExchange } from './decode-exchange.js';
export { formats } from './formats/index.js';
export { answerLogprobs, asksForLogprobs } from './logprobs.js';
export { costOf } from './pricing.js';
export { readCall } from './read-call.js';
export { readExchange } from './read-exchange.js';
export { readMessages } from './read-messages.js';
export { storedEvents } from './stored-events.js';

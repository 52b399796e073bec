export { clientName, peekModel } from './client.js';
export { decodeExchange } from './decode-exchange.js';
export type { FormatId } from './formats/index.js';
export { formats } from './formats/index.js';
export { type Prices, priceTable } from './pricing.js';
export { defaultReadLimits, type ReadLimits, readExchange } from './read-exchange.js';

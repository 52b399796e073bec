export * from './assembled.js';
export * from './captured.js';
export * from './common.js';
export * from './decoded.js';
export * from './exchange.js';
export * from './studio.js';
export * from './trace.js';
